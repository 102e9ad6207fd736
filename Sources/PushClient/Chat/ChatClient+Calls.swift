// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What a user does.
extension ChatClient {
    /// Sends a text, as a content `{"type":"text","value":"…"}`.
    ///
    /// - Returns: when the server has the message safe.
    @discardableResult
    public func send(_ text: String, to recipients: String...) async throws -> ChatReceipt {
        try await self.send(json: ["type": "text", "value": text], to: recipients)
    }

    /// Sends a message.
    ///
    /// - Parameters:
    ///   - json: the content; 64 KiB of JSON at most.
    ///   - recipients: user ids, 100 at most.
    ///   - type: one that the server accepts, and that is not reserved.
    ///   - name: of the message, 1–64 bytes. A message with a name that the user has given before, within 24 hours, is
    ///     not sent again: the first one's id is answered. So a call that failed may be made again under its name.
    /// - Returns: when the server has the message safe.
    @discardableResult
    public func send(
        json content: some Encodable, to recipients: [String], type: String = "chat", name: String? = nil
    ) async throws -> ChatReceipt {
        var frame = JSONObjectText()
        frame.add("to_uid", strings: recipients)
        frame.add("type", string: type)
        frame.add("content", json: try JSONCoding.text(of: content))
        return ChatReceipt(try await self.ask(frame, name: name))
    }

    /// What this user and a peer said to each other.
    ///
    /// - Parameters:
    ///   - id: only messages older than that.
    ///   - limit: 1–100. A page may be shorter: it ends at 128 KiB.
    public func history(with peer: String, before id: String? = nil, limit: Int = 50) async throws -> ChatHistory {
        var frame = Self.question("history")
        frame.add("with", string: peer)
        frame.add("before", string: id)
        frame.add("limit", json: String(limit))
        let answer = try await self.ask(frame)
        return ChatHistory(
            messages: (answer["messages"]?.array ?? []).compactMap(ChatMessage.init),
            hasMore: answer["more"]?.text == "true")
    }

    /// How many messages of each peer lie above the read mark, among the newest 10,000.
    public func unread() async throws -> [String: Int] {
        let answer = try await self.ask(Self.question("unread"))
        return (answer["data"]?.object ?? [:]).compactMapValues(\.integer)
    }

    /// Sets the read mark: everything from a peer up to an id is read. The peer hears of it, and the user's other terminals.
    public func markRead(from peer: String, upTo id: String) async throws {
        var frame = Self.question("read")
        frame.add("uid", string: peer)
        frame.add("id", string: id)
        _ = try await self.ask(frame)
    }

    /// Who of some users is online.
    ///
    /// - Parameter users: 100 at most.
    public func online(_ users: [String]) async throws -> [String: Bool] {
        var frame = Self.question("online")
        frame.add("uid", strings: users)
        let answer = try await self.ask(frame)
        return (answer["data"]?.object ?? [:]).mapValues { $0.integer == 1 }
    }

    /// Tells users who are there that this one types. Nothing is kept, and nothing answered.
    ///
    /// - Throws: ``PushClientError`` with code `connection` where there is none now.
    public func sendTyping(to recipients: String...) async throws {
        var frame = Self.question("typing")
        frame.add("to_uid", strings: recipients)
        guard let link, case .connected = self.state else {
            throw PushClientError(code: .connection, message: "there is no connection now")
        }
        try await link.send(frame.text).value()
    }

    /// The loop wants the next event, and is done with a message.
    func advances(_ id: String?) async {
        if let id {
            self.inbox.finish(id)
            await self.acknowledge(id)
        }
        // What was left to the server comes with a new connection.
        guard self.inbox.wantsConnection, self.inboxBuffer.count <= self.inboxBuffer.limit / 2, let link else { return }
        self.link = nil
        try? await link.close().value()
    }

    /// Tells the server up to which message this terminal has everything, where a message that is there and done with
    /// changes that.
    func acknowledge(_ id: String) async {
        guard let link, case .connected = self.state, let id = self.inbox.acknowledges(id) else { return }
        var frame = Self.question("ack")
        frame.add("id", string: id)
        try? await link.send(frame.text).value()
    }

    /// Sends a question and waits for its answer, over as many connections as it takes.
    private func ask(_ question: JSONObjectText, name: String? = nil) async throws -> [String: JSONValue] {
        guard self.isAsking else { throw PushClientError(code: .closed, message: "the client is not connected") }
        try Task.checkCancellation()
        let name = name ?? Self.makeID()
        guard 1...64 ~= name.utf8.count, self.requests[name] == nil else {
            throw PushClientError(code: .malformed, message: "a name has 1 to 64 bytes, and one call at a time")
        }
        var frame = question
        frame.add("client_id", string: name)
        let reply = Reply<[String: JSONValue]>()
        self.requestCount += 1
        self.requests[name] = ChatRequest(text: frame.text, number: self.requestCount, reply: reply)
        defer { self.requests[name] = nil }
        // What is sent again goes first, and this behind it.
        if self.resending == nil, let link, case .connected = self.state {
            guard link.offer(frame.text) != nil else { throw WebSocketLink.noRoom }
        }
        return try await reply.value(within: self.options.requestTimeout, of: "a call")
    }

    private var isAsking: Bool {
        switch self.state {
        case .connecting, .connected, .waiting: true
        case .disconnected, .refused: false
        }
    }

    private static func question(_ type: String) -> JSONObjectText {
        var frame = JSONObjectText()
        frame.add("type", string: type)
        return frame
    }
}

extension ChatReceipt {
    fileprivate init(_ answer: [String: JSONValue]) {
        self.id = answer["id"]?.identifier ?? ""
        self.isOnline = answer["data"]?.object?["onLine"]?.integer == 1
        self.isStored = answer["stored"]?.text != "false"
    }
}
