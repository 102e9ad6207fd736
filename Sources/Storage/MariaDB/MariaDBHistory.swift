// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import MariaDBClient
package import NIOCore
package import PushCore
package import PushProtocol

/// What MariaDB has kept, read again, by a few connections that open with the questions.
///
/// A terminal's first login looks at the newest 100,000 messages to its user for the oldest that was not delivered: there
/// is no index for it, and one older than those is left out.
package final class MariaDBHistory: MessageHistory {
    private let readers: HistoryReaders
    private let statements: HistoryStatements

    /// - Parameters:
    ///   - readers: the most connections, at least 1.
    ///   - clock: tells when to try a server again that was away.
    /// - Throws: of code `schema` for names that are none.
    package init(
        configuration: MariaDBConfiguration, tables: MariaDBTables, readers: Int, clock: any ServerClock, logger: Logger
    ) throws(ArchiveError) {
        let (messages, cursors) = try (tables.messageTable(), tables.cursorTable())
        let readMarks = try tables.readMarkTable()
        var configuration = configuration
        // Somebody waits for the answer.
        configuration.readTimeout = min(configuration.readTimeout, .seconds(10))
        configuration.writeTimeout = min(configuration.writeTimeout, .seconds(10))
        self.readers = HistoryReaders(
            (0..<max(readers, 1)).map { [configuration] _ in
                ArchiveConnection(
                    configuration: configuration, tables: [messages, cursors, readMarks], logger: logger
                )
            },
            clock: clock
        )
        self.statements = HistoryStatements(messages: messages, cursors: cursors, readMarks: readMarks)
    }

    /// Connects, and sees to it that the tables are there.
    ///
    /// - Throws: of code `schema` where a table is not this server's, which a person has to look at before the server
    ///   can start; of code `unavailable` where that cannot be found out now.
    package func prepare() async throws(ArchiveError) {
        try await self.readers.ask { _ throws(MariaDBError) in }
    }

    package func inbox(_ query: InboxQuery, on loop: any EventLoop) -> EventLoopFuture<InboxPage> {
        self.ask(on: loop) { [statements] connection throws(MariaDBError) in
            try statements.inbox(query, on: connection)
        }
    }

    package func conversation(
        _ query: ConversationQuery, on loop: any EventLoop
    ) -> EventLoopFuture<ConversationPage> {
        self.ask(on: loop) { [statements] connection throws(MariaDBError) in
            try statements.conversation(query, on: connection)
        }
    }

    package func unread(of uid: String, on loop: any EventLoop) -> EventLoopFuture<[UnreadCount]> {
        self.ask(on: loop) { [statements] connection throws(MariaDBError) in
            try statements.unread(of: uid, on: connection)
        }
    }

    package func markRead(_ mark: ReadMark, on loop: any EventLoop) -> EventLoopFuture<Void> {
        self.ask(on: loop) { [statements] connection throws(MariaDBError) in
            try statements.mark(mark, on: connection)
        }
    }

    package func newestCursor() async throws(ArchiveError) -> MessageID? {
        try await self.readers.ask { [statements] connection throws(MariaDBError) in
            try statements.newestCursor(on: connection)
        }
    }

    /// Closes the connections; a later question would open them again.
    package func close() async {
        await self.readers.close()
    }

    private func ask<Answer: Sendable>(
        on loop: any EventLoop,
        _ question: @escaping @Sendable (isolated MariaDBConnection) throws(MariaDBError) -> Answer
    ) -> EventLoopFuture<Answer> {
        let promise = loop.makePromise(of: Answer.self)
        promise.completeWithTask { [readers] in try await readers.ask(question) }
        return promise.futureResult
    }
}
