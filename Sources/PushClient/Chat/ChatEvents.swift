// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What comes for a chat client's user: a sequence for one loop.
///
/// Asking for the next element says that the one before is done with: the server is told up to which message this
/// terminal has everything, and sends the rest again after a reconnection, or to the next client with the same user and
/// source. So nothing is lost that a loop had not finished with; it may come again.
///
/// At most ``ConnectionOptions/bufferedEvents`` wait. While there is no room, messages are left to the server, and fetched
/// when half of it is free again; other events are dropped.
///
/// The sequence ends with ``ChatClient/disconnect()``. It throws ``PushClientError`` where the server does not want the
/// client any more (`refused`: the login ended, another took its place, it was kicked), and `CancellationError` where the
/// task of the loop is cancelled; another loop can go on.
public struct ChatEvents: AsyncSequence, Sendable {
    let client: ChatClient
    let buffer: EventBuffer<ChatEvent>

    /// Takes events, and says which are done with.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let events: ChatEvents
        fileprivate var done: String?

        /// The next event; nil at the end. The one before is done with.
        public mutating func next() async throws -> ChatEvent? {
            await self.events.client.advances(self.done)
            self.done = nil
            let event = try await self.events.buffer.next()
            if case .message(let message) = event { self.done = message.id }
            return event
        }
    }

    /// An iterator over what has not been taken.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(events: self, done: nil) }
}
