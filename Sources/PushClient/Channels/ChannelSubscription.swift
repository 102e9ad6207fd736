// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What comes on a channel, from the moment of the subscription on: a sequence for one loop.
///
/// ```swift
/// let quotes = try await client.subscribe(to: "quotes")
/// for try await case .message(let message) in quotes { print(message.name, message.data) }
/// ```
///
/// It outlives connections that break (``ChannelEvent/resubscribed`` says so). It ends with ``unsubscribe()`` and
/// ``ChannelsClient/disconnect()``, and throws where the server refuses the channel or the client for good
/// (``PushClientError``), and where the task of the loop is cancelled (`CancellationError`; another loop can go on).
/// Where nobody takes the events, at most ``ConnectionOptions/bufferedEvents`` wait: the oldest go, and are counted in
/// ``droppedEvents``. Letting go of the last reference unsubscribes.
public final class ChannelSubscription: AsyncSequence, Sendable {
    /// The channel's name.
    public let channel: String

    private let client: ChannelsClient
    let buffer: EventBuffer<ChannelEvent>
    private let roster: ChannelRoster

    init(channel: String, client: ChannelsClient, buffer: EventBuffer<ChannelEvent>, roster: ChannelRoster) {
        self.channel = channel
        self.client = client
        self.buffer = buffer
        self.roster = roster
    }

    deinit {
        let (client, channel, buffer) = (self.client, self.channel, self.buffer)
        Task { await client.release(channel, buffer) }
    }

    /// Who is in a presence channel now, by id; 100,000 at most. It may be ahead of the sequence.
    public var members: [String: ChannelMember] { self.roster.members }

    /// As whom this client is in a presence channel, where it knows.
    public var me: ChannelMember? { self.roster.me }

    /// How many events were lost because nobody took them.
    public var droppedEvents: Int { self.buffer.dropped }

    /// Sends an event to the other subscribers, by way of the server. Nothing says whether it arrived: what the server
    /// refuses comes as a ``ChannelsNotice/error(code:message:)``.
    ///
    /// - Parameters:
    ///   - event: begins with `client-`. The channel has to be private or presence, and the app has to allow it.
    ///   - json: sent as its JSON.
    /// - Throws: ``PushClientError``: `malformed` for the name, `connection` where the channel is not subscribed now.
    public func trigger(_ event: String, json: some Encodable) async throws {
        try await self.client.trigger(event, on: self.channel, json: try JSONCoding.text(of: json))
    }

    /// Ends the sequence. The channel itself is left when none of the client's subscriptions to it remains.
    public func unsubscribe() async {
        await self.client.release(self.channel, self.buffer)
    }

    /// An iterator over what has not been taken.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(subscription: self) }

    /// Takes events from the subscription, which lives as long.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let subscription: ChannelSubscription

        /// The next event; nil at the end.
        public mutating func next() async throws -> ChannelEvent? { try await self.subscription.buffer.next() }
    }
}
