// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// The SQLite file of the embedded default: login records, the archive and its cursors. WAL, one writer; a file that only its owner
/// may read.
package final class EmbeddedDatabase: Sendable {
    let pool: DatabasePool

    /// Opens or creates the file.
    ///
    /// - Throws: ``StorageError`` where the file cannot be opened, or is no database of this server.
    package init(path: String) throws(StorageError) {
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
            }
            self.pool = try DatabasePool(path: path, configuration: configuration)
            try Self.migrator.migrate(self.pool)
        } catch {
            throw StorageError(code: .cannotOpen, message: "cannot open \(path): \(error)")
        }
    }

    /// Writes everything back into the one file, and lets it go.
    package func close() {
        try? self.pool.close()
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("chat") { database in
            try database.execute(
                sql: """
                    CREATE TABLE session (
                        uid TEXT PRIMARY KEY NOT NULL,
                        record BLOB NOT NULL
                    ) WITHOUT ROWID;
                    CREATE TABLE chat (
                        id INTEGER NOT NULL,
                        uid TEXT NOT NULL,
                        to_uid TEXT NOT NULL,
                        type TEXT NOT NULL,
                        content TEXT NOT NULL,
                        state INTEGER NOT NULL,
                        create_time INTEGER NOT NULL,
                        update_time INTEGER NOT NULL,
                        PRIMARY KEY (id, to_uid)
                    ) WITHOUT ROWID;
                    CREATE INDEX chat_inbox ON chat (to_uid, id);
                    CREATE INDEX chat_conversation ON chat (uid, to_uid, id);
                    """
            )
        }
        migrator.registerMigration("cursor") { database in
            // The last index holds what was not delivered only, and tells a terminal's first login where to begin.
            try database.execute(
                sql: """
                    CREATE TABLE cursor (
                        uid TEXT NOT NULL,
                        source TEXT NOT NULL,
                        id INTEGER NOT NULL,
                        PRIMARY KEY (uid, source)
                    ) WITHOUT ROWID;
                    CREATE TABLE read_cursor (
                        uid TEXT NOT NULL,
                        peer TEXT NOT NULL,
                        id INTEGER NOT NULL,
                        PRIMARY KEY (uid, peer)
                    ) WITHOUT ROWID;
                    CREATE INDEX chat_waiting ON chat (to_uid, id) WHERE state = 0;
                    """
            )
        }
        return migrator
    }
}
