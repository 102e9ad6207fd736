// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import PushCore
internal import ServerConfig
internal import Storage
internal import Synchronization

/// The archive that the configuration names, with its queue and its writer.
final class Archiving: Sendable {
    let queue: ArchiveQueue
    let writer: ArchiveWriter
    private let archive: any MessageArchive
    private let mariaDB: MariaDBArchive?
    private let spool: ArchiveSpool?
    /// Why the archive has not been reached since the start; nil once it was.
    private let startProblem: Mutex<String?>

    /// Opens the archive; nil where there is none.
    ///
    /// - Throws: `ArchiveError` where its table is not this server's. One that is away is tried again by ``reach(_:)``.
    static func open(
        _ configuration: ServerConfiguration, database: EmbeddedDatabase?, logger: Logger
    ) async throws -> Archiving? {
        let storage = configuration.storage
        if storage.archive == .mariadb, let server = storage.mariaDB {
            let archive = try MariaDBArchive(configuration: server, table: storage.mariaDBTable, logger: logger)
            var problem: String?
            do throws(ArchiveError) {
                try await archive.prepare()
            } catch {
                guard error.code == .unavailable else { throw error }
                logger.warning("the archive is away; it is tried again", metadata: ["error": "\(error.message)"])
                problem = error.message
            }
            return Archiving(
                archive, mariaDB: archive, spool: ArchiveSpool(path: DataDirectory(configuration).spool),
                problem: problem,
                storage, logger
            )
        }
        guard storage.archive == .embedded, let database else { return nil }
        return Archiving(EmbeddedArchive(database), mariaDB: nil, spool: nil, problem: nil, storage, logger)
    }

    private init(
        _ archive: any MessageArchive, mariaDB: MariaDBArchive?, spool: ArchiveSpool?, problem: String?,
        _ storage: StorageConfiguration, _ logger: Logger
    ) {
        self.archive = archive
        self.mariaDB = mariaDB
        self.spool = spool
        self.queue = ArchiveQueue(limit: storage.archiveQueueBytes)
        self.writer = ArchiveWriter(
            queue: self.queue, archive: archive, spool: spool, batchRows: storage.archiveBatchRows, logger: logger
        )
        self.startProblem = Mutex(problem)
    }

    /// Why the archive does not take rows; nil where it does, as far as is known.
    var problem: String? { self.startProblem.withLock { $0 } ?? self.writer.currentStatus.problem }

    /// Asks the archive for its newest id until it answers, so that new ids lie above it whatever the clock says.
    func reach(_ found: (UInt64) -> Void) async {
        if let spooled = try? self.spool?.newestID() { found(spooled) }
        while !Task.isCancelled {
            do throws(ArchiveError) {
                if let newest = try await self.archive.newestID() { found(newest) }
                self.startProblem.withLock { $0 = nil }
                return
            } catch {
                self.startProblem.withLock { $0 = error.message }
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    func close() async {
        await self.mariaDB?.close()
    }
}
