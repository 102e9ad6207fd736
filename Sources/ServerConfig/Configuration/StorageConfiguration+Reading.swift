// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import MariaDBClient
internal import PushProtocol
internal import RedisClient
internal import Storage

extension StorageConfiguration {
    init(_ reader: ConfigurationReader) {
        self.init(
            sessions: reader.oneOf("storage.sessions", default: .embedded),
            archive: reader.oneOf("storage.archive", default: .embedded),
            archiveMode: reader.oneOf("archive.mode", default: .all),
            archiveQueueBytes: reader.byteCount(
                "archive.queueBytes", default: 64 * 1024 * 1024, in: 1024 * 1024...Int(1 << 36)),
            archiveBatchRows: reader.int("archive.batchRows", default: 1000, in: 1...10_000),
            redis: reader.optional("redis.url", .redisURL),
            redisPrefix: reader.value("redis.prefix", default: "", .redisPrefix),
            redisValueFormat: reader.oneOf("redis.valueFormat", default: RedisValueFormat.json).format,
            mariaDB: reader.optional("mariadb.url", .mariaDBURL),
            mariaDBTables: MariaDBTables(
                messages: reader.value("mariadb.table", default: "chat", .tableName),
                cursors: reader.value("mariadb.cursorTable", default: "cursor", .tableName),
                readMarks: reader.value("mariadb.readTable", default: "read_cursor", .tableName)
            ),
            mariaDBReaders: reader.int("mariadb.readers", default: 2, in: 1...64)
        )
    }
}

/// The forms that Redis values may be configured to have.
private enum RedisValueFormat: String, CaseIterable, Sendable {
    case json
    case thinkSerialize = "think_serialize"

    var format: PHPValue.Format {
        switch self {
        case .json: .json
        case .thinkSerialize: .thinkSerialize
        }
    }
}

extension ConfigurationType {
    fileprivate static var redisURL: ConfigurationType<RedisConfiguration> {
        ConfigurationType<RedisConfiguration>(
            expectation: "a URL such as redis://:password@host:6379/0", isSecret: true, show: { "\($0)" }
        ) { try? RedisConfiguration(url: $0) }
    }

    fileprivate static var mariaDBURL: ConfigurationType<MariaDBConfiguration> {
        ConfigurationType<MariaDBConfiguration>(
            expectation: "a URL such as mysql://user:password@host:3306/database", isSecret: true, show: { "\($0)" }
        ) { try? MariaDBConfiguration(url: $0) }
    }
}

extension ConfigurationType<String> {
    fileprivate static var redisPrefix: ConfigurationType {
        ConfigurationType(expectation: "at most 128 bytes without line breaks") { text in
            text.utf8.count <= 128 && !text.contains(where: \.isNewline) ? text : nil
        }
    }

    fileprivate static var tableName: ConfigurationType {
        ConfigurationType(expectation: "1-64 of A-Z a-z 0-9 _") { text in
            let isName = text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || (byte < 0x80 && Character(UnicodeScalar(byte)).isLetter)
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
            }
            return isName && 1...64 ~= text.utf8.count ? text : nil
        }
    }
}
