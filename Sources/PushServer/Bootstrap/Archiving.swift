// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import PushCore
internal import PushProtocol
internal import ServerConfig
internal import Storage
internal import Synchronization

/// The archive that the configuration names, with its queue and its writers.
final class Archiving: Sendable {
    let queue: ArchiveQueue
    let writer: ArchiveWriter
    let history: any MessageHistory
    let cursors: CursorWriter
    private let archive: any MessageArchive
    /// The newest id that an earlier run left in the spool. It was read before the writer began to empty it.
    private let newestSpooled: UInt64?
    /// Why the archive has not been reached since the start; nil once it was.
    private let startProblem: Mutex<String?>
    /// Closes the connections.
    private let closeConnections: @Sendable () async -> Void

    /// Opens the archive; nil where there is none.
    ///
    /// - Throws: `ArchiveError` where its table is not this server's. One that is away is tried again by ``reach(_:)``.
    static func open(
        _ configuration: ServerConfiguration, database: EmbeddedDatabase?, clock: any ServerClock, logger: Logger
    ) async throws -> Archiving? {
        let storage = configuration.storage
        if storage.archive == .mariadb, let server = storage.mariaDB {
            let tables = storage.mariaDBTables
            let archive = try MariaDBArchive(configuration: server, table: tables.messages, logger: logger)
            let history = try MariaDBHistory(
                configuration: server, tables: tables, readers: storage.mariaDBReaders, clock: clock, logger: logger
            )
            let cursors = try MariaDBCursorTable(
                configuration: server, tables: tables, delivered: storage.archiveMode.delivered, logger: logger
            )
            var problem: String?
            do throws(ArchiveError) {
                try await archive.prepare()
                try await history.prepare()
            } catch {
                guard error.code == .unavailable else { throw error }
                logger.warning("the archive is away; it is tried again", metadata: ["error": "\(error.message)"])
                problem = error.message
            }
            return Archiving(
                storage, archive: archive, spool: ArchiveSpool(path: DataDirectory(configuration).spool),
                history: history, cursors: CursorWriter(table: cursors, clock: clock, logger: logger),
                problem: problem, logger
            ) {
                await archive.close()
                await history.close()
                await cursors.close()
            }
        }
        guard storage.archive == .embedded, let database else { return nil }
        let cursors = EmbeddedCursorTable(database, delivered: storage.archiveMode.delivered)
        return Archiving(
            storage, archive: EmbeddedArchive(database), spool: nil, history: EmbeddedHistory(database),
            cursors: CursorWriter(table: cursors, clock: clock, logger: logger), problem: nil, logger
        ) {}
    }

    private init(
        _ storage: StorageConfiguration, archive: any MessageArchive, spool: ArchiveSpool?,
        history: any MessageHistory, cursors: CursorWriter, problem: String?, _ logger: Logger,
        close: @escaping @Sendable () async -> Void
    ) {
        self.archive = archive
        self.history = history
        self.cursors = cursors
        self.closeConnections = close
        self.newestSpooled = try? spool?.newestID()
        self.queue = ArchiveQueue(limit: storage.archiveQueueBytes)
        self.writer = ArchiveWriter(
            queue: self.queue, archive: archive, spool: spool, batchRows: storage.archiveBatchRows, logger: logger
        )
        self.startProblem = Mutex(problem)
    }

    /// Why the archive does not take rows; nil where it does, as far as is known.
    var problem: String? { self.startProblem.withLock { $0 } ?? self.writer.currentStatus.problem }

    /// Asks the archive for its newest ids until it answers, so that new ids lie above them whatever the clock says.
    func reach(_ found: (UInt64) -> Void) async {
        if let newestSpooled { found(newestSpooled) }
        while !Task.isCancelled {
            do throws(ArchiveError) {
                if let newest = try await self.archive.newestID() { found(newest) }
                if let newest = try await self.history.newestCursor() { found(newest.rawValue) }
                self.startProblem.withLock { $0 = nil }
                return
            } catch {
                self.startProblem.withLock { $0 = error.message }
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    func close() async {
        await self.closeConnections()
    }
}

extension StorageConfiguration.ArchiveMode {
    /// What becomes of rows that were delivered later.
    fileprivate var delivered: DeliveredRows {
        switch self {
        case .all: .raised
        case .unread: .removed
        }
    }
}
