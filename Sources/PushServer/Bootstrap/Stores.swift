// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPProxy
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import PushCore
internal import ServerConfig
internal import Storage

/// The stores that the configuration names, opened: the only place that chooses between implementations.
struct Stores: Sendable {
    let sessions: any SessionStore
    let archive: (any MessageArchive)?
    let queue: ArchiveQueue?
    let writer: ArchiveWriter?
    let presence: (any PresenceStore)?
    private let database: EmbeddedDatabase?

    /// Opens the stores. One that cannot be reached now is tried again while the server runs; one that cannot be used as
    /// it is ends the start.
    static func open(
        _ configuration: ServerConfiguration, group: MultiThreadedEventLoopGroup, logger: Logger
    ) async throws -> Stores {
        let storage = configuration.storage
        let data = DataDirectory(configuration)
        let needsDatabase = storage.sessions == .embedded || storage.archive == .embedded
        let database = needsDatabase ? try EmbeddedDatabase(path: data.database) : nil

        let sessions: any SessionStore
        switch (storage.sessions, database) {
        case (.embedded, let database?):
            let store = EmbeddedSessionStore(database)
            try await DemoUsers.create(configuration, in: store)
            sessions = store
        default:
            throw StorageError(code: .cannotOpen, message: "storage.sessions: redis is not there yet")
        }

        let archive: (any MessageArchive)?
        var spool: ArchiveSpool?
        switch (storage.archive, database) {
        case (.embedded, let database?):
            archive = EmbeddedArchive(database)
        case (.mariadb, _):
            spool = ArchiveSpool(path: data.spool)
            throw StorageError(code: .cannotOpen, message: "storage.archive: mariadb is not there yet")
        default:
            archive = nil
        }
        let queue = archive.map { _ in ArchiveQueue(limit: storage.archiveQueueBytes) }
        var writer: ArchiveWriter?
        if let archive, let queue {
            writer = ArchiveWriter(
                queue: queue, archive: archive, spool: spool, batchRows: storage.archiveBatchRows, logger: logger
            )
        }
        return Stores(
            sessions: sessions, archive: archive, queue: queue, writer: writer, presence: nil, database: database
        )
    }

    /// What keeps the server from its work.
    var readiness: [Readiness.Part] {
        var parts = [Readiness.Part(name: "sessions", problem: nil)]
        if let writer = self.writer {
            parts.append(Readiness.Part(name: "archive", problem: writer.currentStatus.problem))
        }
        return parts
    }

    /// Lets everything go, when nobody uses it any more.
    func close() async {
        self.database?.close()
    }

    /// Gives a token issuer for the configured session store.
    static func withIssuer<Result>(
        _ configuration: ServerConfiguration, _ body: (TokenIssuer) async throws -> Result
    ) async throws -> Result {
        try DataDirectory(configuration).create()
        switch configuration.storage.sessions {
        case .embedded:
            let database = try EmbeddedDatabase(path: DataDirectory(configuration).database)
            defer { database.close() }
            return try await body(TokenIssuer(store: EmbeddedSessionStore(database)))
        case .redis:
            throw StorageError(code: .cannotOpen, message: "storage.sessions: redis is not there yet")
        }
    }
}
