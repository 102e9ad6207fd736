// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension ChatClient: LinkOwner {
    static let ping = #"{"type":"ping"}"#

    func nextTarget() async throws -> WebSocketTarget {
        if self.isRunning { self.state = .connecting }
        return try await self.target()
    }

    func opened(_ link: WebSocketLink) {
        guard self.isRunning else { return }
        self.link = link
        self.announcedEnd = nil
    }

    func received(_ text: [UInt8]) async {
        guard self.isRunning, let link = self.link else { return }
        guard let value = JSONValue(text), let frame = value.object, let type = frame["type"]?.string else { return }
        switch type {
        case "login": self.loginAnswered(frame, link)
        case "kick": self.announce(code: 4010, frame)
        case "ack", "history", "unread", "online", "error": self.answered(type, frame)
        case "pong": break
        case "typing": self.hear(frame["uid"]?.identifier.map { .typing($0) })
        case "read":
            guard let uid = frame["uid"]?.identifier, let id = frame["id"]?.identifier else { return }
            self.hear(.read(by: uid, upTo: id))
        default:
            guard let message = ChatMessage(value) else { return self.hear(.other(type: type, json: value.text)) }
            let hasRoom = self.inboxBuffer.count < self.inboxBuffer.limit
            if self.inbox.takes(message.id, isLive: message.isLive, hasRoom: hasRoom) {
                self.inboxBuffer.push(.message(message))
            } else {
                // The server takes no acknowledgement of what it has not sent on this connection.
                await self.acknowledge(message.id)
            }
        }
    }

    func closed(_ end: LinkEnd) -> LinkEnd {
        guard self.isRunning else { return end }
        self.connectionIsGone()
        guard let announced = self.announcedEnd, end.code == nil || end.code == announced.code else { return end }
        return announced
    }

    func waits(_ delay: Duration, after error: PushClientError) {
        guard self.isRunning else { return }
        self.state = .waiting(error, retry: delay)
    }

    func gaveUp(_ error: PushClientError) {
        guard self.isRunning else { return }
        self.runEnded()
        self.end(error)
        // Who could not be reached at first may be asked again.
        if error.code == .refused || self.wasConnected { self.inboxBuffer.finish(error) }
        self.state = error.code == .refused ? .refused(error) : .disconnected
    }

    private func loginAnswered(_ frame: [String: JSONValue], _ link: WebSocketLink) {
        switch frame["code"]?.integer {
        case 200:
            guard let data = frame["data"]?.object, let login = ChatLogin(data) else { return }
            self.login = login
            guard self.state != .connected else { return }
            // The server pings after so much silence: twice that is too long.
            let seconds = data["ping"]?.integer.map { Duration.seconds(min(max($0, 1), 86400)) * 2 }
            link.isReady(interval: seconds)
            self.inbox.begins()
            self.state = .connected
            self.wasConnected = true
            for reply in self.connecting { reply.resolve(.success(())) }
            self.connecting = []
            self.resending = Task { await self.resend(link) }
        case 401: self.announce(code: 4009, frame)
        case 441: self.announce(code: 4010, frame)
        case 503: self.announce(code: 4100, frame)
        default: break
        }
    }

    /// The server says why it is about to close.
    private func announce(code: Int, _ frame: [String: JSONValue]) {
        let error = PushClientError(
            code: .connection, message: PushClientError.quote(frame["message"]?.content ?? ""),
            status: frame["code"]?.integer)
        self.announcedEnd = LinkEnd(code: code, error: error)
    }

    private func answered(_ type: String, _ frame: [String: JSONValue]) {
        let code = frame["code"]?.integer
        guard let name = frame["client_id"]?.string, let request = self.requests[name] else {
            if type == "history", code == 503 {
                self.inbox.isDelayed()
                self.hear(.historyDelayed)
            }
            return
        }
        guard type == "error" || (code ?? 200) != 200 else {
            request.reply.resolve(.success(frame))
            return
        }
        let wait = frame["retry_after"]?.integer.flatMap { 0...3_600_000 ~= $0 ? Duration.milliseconds($0) : nil }
        let error = PushClientError(
            code: .refused, message: PushClientError.quote(frame["message"]?.content ?? ""), status: code,
            retryAfter: wait)
        request.reply.resolve(.failure(error))
    }

    /// Hands something over that is no message: where there is no room it is dropped.
    private func hear(_ event: ChatEvent?) {
        if let event { _ = self.inboxBuffer.offer(event) }
    }

    /// Sends what has no answer yet, and what is asked meanwhile, in the order of the calls and as the socket takes it.
    private func resend(_ link: WebSocketLink) async {
        var sent = 0
        while !Task.isCancelled {
            let rest = self.requests.values.filter { $0.number > sent }.sorted { $0.number < $1.number }
            guard !rest.isEmpty else {
                self.resending = nil
                return
            }
            for request in rest {
                sent = request.number
                guard !request.reply.isDone else { continue }
                guard let write = link.offer(request.text) else {
                    request.reply.resolve(.failure(WebSocketLink.noRoom))
                    continue
                }
                try? await write.value()
                guard !Task.isCancelled else { return }
            }
        }
    }
}
