// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import MariaDBClient

extension ArchiveTable {
    /// Inserts messages. Only a repeated row is passed over; INSERT IGNORE would also cut what is too long.
    var insertion: BatchStatement {
        BatchStatement(
            insert: "INSERT INTO `\(self.name)` (\(self.columnNames.joined(separator: ", "))) VALUES",
            row: "(\(self.columnNames.map { _ in "?" }.joined(separator: ", ")))",
            tail: "ON DUPLICATE KEY UPDATE id = id"
        )
    }

    /// A batch with the columns of a message.
    static func makeBatch() -> BatchBuffer {
        BatchBuffer(columns: [.uint64, .text, .text, .text, .text, .int64, .int64, .int64])
    }
}
