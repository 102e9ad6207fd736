// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Channels that the client wants.
extension ChannelsClient {
    /// Subscribes to a channel, and returns when the server has admitted the connection.
    ///
    /// Several subscriptions to one channel share that of the connection; each has its own events. Only the first gets
    /// the event that a cache channel keeps.
    ///
    /// - Throws: ``PushClientError``: `refused` with the server's text, `timeout` after
    ///   ``ConnectionOptions/requestTimeout``, `closed` where the client does not connect, or what the authorizer throws.
    public func subscribe(to channel: String) async throws -> ChannelSubscription {
        guard self.isConnecting else {
            throw PushClientError(code: .closed, message: "the client is not connected")
        }
        try Task.checkCancellation()
        let isNew = self.records[channel] == nil
        let record = self.records[channel] ?? ChannelRecord(name: channel)
        self.records[channel] = record
        let buffer = EventBuffer<ChannelEvent>(limit: self.options.bufferedEvents)
        record.add(buffer)
        let subscription = ChannelSubscription(channel: channel, client: self, buffer: buffer, roster: record.roster)
        guard !record.isSubscribed else { return subscription }
        let admission = record.admission()
        do {
            if isNew, let socketID { try await self.join(record, socketID) }
            try await admission.value(within: self.options.requestTimeout, of: "a subscription")
        } catch {
            await self.release(channel, buffer)
            // Whoever else waits for it asks on their own behalf.
            if let socketID, self.records[channel] === record, !record.isSubscribed {
                Task { await self.restore(channel, socketID) }
            }
            throw error
        }
        return subscription
    }

    /// Subscribes to what backends send to the user as whom the client has signed in.
    ///
    /// - Throws: as ``subscribe(to:)``, and ``PushClientError`` with code `refused` where nobody has.
    public func subscribeToUser() async throws -> ChannelSubscription {
        if self.wantedSignIn?.wasTaken == true { try await self.signIn() }
        guard let userID else { throw PushClientError(code: .refused, message: "nobody has signed in") }
        return try await self.subscribe(to: "#server-to-user-\(userID)")
    }

    /// Sends a frame with an event of the application's own, for which the server has a handler.
    ///
    /// - Throws: ``PushClientError`` with code `connection` where there is none now.
    public func send(_ event: String, channel: String? = nil, json: some Encodable) async throws {
        try await self.send(event, channel: channel, data: try JSONCoding.text(of: json))
    }

    /// Sends an event to the other subscribers.
    func trigger(_ event: String, on channel: String, json: String) async throws {
        guard event.hasPrefix("client-") else {
            throw PushClientError(code: .malformed, message: "the name of a client's event begins with client-")
        }
        guard self.records[channel]?.isSubscribed == true else {
            throw PushClientError(code: .connection, message: "the channel is not subscribed now")
        }
        try await self.send(event, channel: channel, data: json)
    }

    /// One subscriber less.
    func release(_ channel: String, _ buffer: EventBuffer<ChannelEvent>) async {
        buffer.finish()
        guard let record = self.records[channel] else { return }
        record.remove(buffer)
        guard !record.isWanted else { return }
        self.records[channel] = nil
        record.end(nil)
        guard self.socketID != nil else { return }
        var data = JSONObjectText()
        data.add("channel", string: channel)
        try? await self.send("pusher:unsubscribe", channel: nil, data: data.text)
    }

    /// Signs in and subscribes again, on a connection that has just been greeted.
    func restore(_ socketID: String, signsIn: Bool) async {
        // First, so that what the server refuses of the rest is not taken for the answer.
        let isSignInDone = signsIn ? await self.renewSignIn(socketID) : true
        var names = Array(self.records.keys)[...]
        await withTaskGroup { group in
            if !isSignInDone { group.addTask { await self.restoreSignIn(socketID) } }
            // Few at a time: each may be a call of the authorizer's.
            for name in names.prefix(8) { group.addTask { await self.restore(name, socketID) } }
            names = names.dropFirst(8)
            while await group.next() != nil, let name = names.popFirst() {
                group.addTask { await self.restore(name, socketID) }
            }
        }
    }

    /// The channel is refused for good.
    func lose(_ record: ChannelRecord, _ error: PushClientError) {
        guard self.records[record.name] === record else { return }
        self.records[record.name] = nil
        record.end(error)
    }

    private var isConnecting: Bool {
        switch self.state {
        case .connecting, .connected, .waiting: true
        case .disconnected, .refused: false
        }
    }

    /// Renews a subscription, until it is done or the connection is another.
    func restore(_ name: String, _ socketID: String) async {
        var delay = Duration.seconds(1)
        while !Task.isCancelled, self.socketID == socketID, let record = self.records[name], !record.isSubscribed {
            // It follows when the server has taken the sign-in.
            if record.isOfUser, self.userID == nil, self.wantedSignIn?.wasTaken == true { return }
            do {
                return try await self.join(record, socketID)
            } catch let error as PushClientError where error.code == .refused {
                return self.lose(record, error)
            } catch  where Task.isCancelled {
                return
            } catch {
                guard record.wasSubscribed else { return self.lose(record, .wrapping(error)) }
                self.noticeObservers.tell(.error(code: nil, message: PushClientError.wrapping(error).message))
                try? await Task.sleep(for: delay)
                delay = min(delay * 2, .seconds(30))
            }
        }
    }

    /// Asks the server to admit the connection.
    ///
    /// - Throws: what the authorizer throws. A connection that is gone is no error: the next one asks again.
    private func join(_ record: ChannelRecord, _ socketID: String) async throws {
        var authorization = ChannelAuthorization(auth: "")
        if record.needsAuthorization, let authorizer {
            authorization = try await authorizer.authorization(socketID: socketID, channel: record.name)
        }
        guard self.socketID == socketID, self.records[record.name] === record else { return }
        let member = authorization.channelData.flatMap { JSONValue($0.utf8)?.object?["user_id"]?.identifier }
        record.roster.joins(as: member ?? self.userID)
        var data = JSONObjectText()
        data.add("channel", string: record.name)
        data.add("auth", string: authorization.auth)
        data.add("channel_data", string: authorization.channelData)
        try? await self.send("pusher:subscribe", channel: nil, data: data.text)
    }

    /// Sends a frame.
    func send(_ event: String, channel: String?, data: String) async throws {
        guard let link, self.socketID != nil else {
            throw PushClientError(code: .connection, message: "there is no connection now")
        }
        var frame = JSONObjectText()
        frame.add("event", string: event)
        frame.add("channel", string: channel)
        frame.add("data", json: data)
        try await link.send(frame.text).value()
    }
}
