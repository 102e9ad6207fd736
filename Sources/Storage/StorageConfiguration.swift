// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import MariaDBClient
package import PushProtocol
package import RedisClient

/// Where login records and messages stand.
package struct StorageConfiguration: Sendable {
    /// Where login records stand.
    package enum Sessions: String, CaseIterable, Sendable {
        case embedded, redis
    }

    /// Where messages are kept.
    package enum Archive: String, CaseIterable, Sendable {
        case embedded, mariadb, off
    }

    /// Which messages are kept.
    package enum ArchiveMode: String, CaseIterable, Sendable {
        case all, unread
    }

    package var sessions: Sessions
    package var archive: Archive
    package var archiveMode: ArchiveMode
    /// The most bytes that wait for the archive.
    package var archiveQueueBytes: Int
    /// The most rows of one insert.
    package var archiveBatchRows: Int
    package var redis: RedisConfiguration?
    package var redisPrefix: String
    package var redisValueFormat: PHPValue.Format
    package var mariaDB: MariaDBConfiguration?
    package var mariaDBTables: MariaDBTables
    /// The most connections for reading messages again.
    package var mariaDBReaders: Int

    package init(
        sessions: Sessions, archive: Archive, archiveMode: ArchiveMode, archiveQueueBytes: Int, archiveBatchRows: Int,
        redis: RedisConfiguration?, redisPrefix: String, redisValueFormat: PHPValue.Format,
        mariaDB: MariaDBConfiguration?, mariaDBTables: MariaDBTables, mariaDBReaders: Int
    ) {
        self.sessions = sessions
        self.archive = archive
        self.archiveMode = archiveMode
        self.archiveQueueBytes = archiveQueueBytes
        self.archiveBatchRows = archiveBatchRows
        self.redis = redis
        self.redisPrefix = redisPrefix
        self.redisValueFormat = redisValueFormat
        self.mariaDB = mariaDB
        self.mariaDBTables = mariaDBTables
        self.mariaDBReaders = mariaDBReaders
    }
}

/// How other applications reach this node.
package struct AdvertisedAddress: Sendable, Equatable {
    package var ip: String
    package var port: Int
    package var udpPort: Int

    package init(ip: String, port: Int, udpPort: Int) {
        self.ip = ip
        self.port = port
        self.udpPort = udpPort
    }
}
