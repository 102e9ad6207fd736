// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import PushProtocol

/// A client of channels whose app another system is asked for. It is not read on until that has answered, or has not
/// within the time that ``PushCore/AppLookup`` gives it.
final class WaitingSession: WebSocketSession {
    /// Not a session that anybody can name.
    let sessionID = SessionID(rawValue: 0)
    private let key: String
    private let dialect: Dialect
    private let lookup: AppLookup
    private unowned let connection: WebSocketConnection
    private let shard: Shard
    private let makeSession: (WebSocketConnection) -> any WebSocketSession

    /// - Parameters:
    ///   - dialect: what the client speaks, as far as that is known.
    ///   - makeSession: makes the session that takes this one's place.
    init(
        for key: String, speaking dialect: Dialect, by lookup: AppLookup, connection: WebSocketConnection, shard: Shard,
        then makeSession: @escaping (WebSocketConnection) -> any WebSocketSession
    ) {
        self.key = key
        self.dialect = dialect
        self.lookup = lookup
        self.connection = connection
        self.shard = shard
        self.makeSession = makeSession
    }

    func opened() {
        self.connection.setReading(false)
        let (lookup, key, dialect, loop) = (self.lookup, self.key, self.dialect, self.shard.loop)
        let bound = NIOLoopBound((self.connection, self.shard, self.makeSession), eventLoop: loop)
        Task {
            let isKnown: Bool
            do throws(AppLookup.Unavailable) {
                try await lookup.bring(.key(key))
                isKnown = true
            } catch {
                isKnown = false
            }
            loop.execute {
                let (connection, shard, makeSession) = bound.value
                connection.replaceSession { connection in
                    guard !isKnown else { return makeSession(connection) }
                    return RefusedSession(
                        .init(code: .overCapacity, reason: "the app cannot be looked up now", dialect: dialect),
                        connection: connection, shard: shard
                    )
                }
            }
        }
    }

    func heard() {}
    func receivedText(_ text: UnsafeRawBufferPointer) {}
    func receivedBinary(_ bytes: UnsafeRawBufferPointer) {}
    func receivedPong(_ payload: UnsafeRawBufferPointer) {}
    func messageDelivered() {}
    func messageDeliveredLate(_ id: MessageID) {}
    func closed() {}
}
