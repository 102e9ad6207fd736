// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What the server sends.
extension ChannelsClient {
    /// Takes a frame.
    func handle(_ event: String, _ frame: [String: JSONValue], _ link: WebSocketLink) {
        let data = frame["data"]
        // Members of data, which is an object or, in most dialects, the text of one.
        var members: [String: JSONValue] { data?.unwrapped.object ?? [:] }
        switch event {
        case "pusher:connection_established": self.greeted(members, link)
        case "pusher:error": self.failed(code: members["code"]?.integer, members["message"]?.content ?? "")
        case "pusher:pong", "pusher_internal:unsubscription_succeeded": break
        case "pusher:signin_success": self.signedIn(members)
        case "pusher_internal:watchlist_events": self.watched(members)
        default:
            guard let channel = frame["channel"]?.string else {
                return self.noticeObservers.tell(.event(name: event, data: data?.content ?? ""))
            }
            guard let record = self.records[channel] else { return }
            self.handle(event, on: record, frame, members)
        }
    }

    private func handle(
        _ event: String, on record: ChannelRecord, _ frame: [String: JSONValue],
        _ members: @autoclosure () -> [String: JSONValue]
    ) {
        switch event {
        case "pusher_internal:subscription_succeeded": record.admitted(members())
        case "pusher:subscription_error":
            let data = members()
            self.lose(
                record,
                PushClientError(
                    code: .refused, message: PushClientError.quote(data["error"]?.content ?? "the channel is refused"),
                    status: data["status"]?.integer))
        case "pusher_internal:member_added":
            let data = members()
            guard let id = data["user_id"]?.identifier else { return }
            let member = ChannelMember(id: id, info: data["user_info"])
            record.roster.add(member)
            record.tell(.memberAdded(member))
        case "pusher_internal:member_removed":
            guard let id = members()["user_id"]?.identifier else { return }
            record.tell(.memberRemoved(record.roster.remove(id) ?? ChannelMember(id: id, info: nil)))
        case "pusher_internal:subscription_count":
            guard let count = members()["subscription_count"]?.integer else { return }
            record.tell(.subscriptionCount(count))
        case "pusher:cache_miss": record.tell(.cacheMiss)
        default:
            // What the client has unsubscribed from, or not yet subscribed to, is not its own.
            guard record.isSubscribed else { return }
            record.tell(
                .message(
                    ChannelMessage(
                        name: event, data: frame["data"]?.content ?? "", userID: frame["user_id"]?.identifier)))
        }
    }

    private func greeted(_ members: [String: JSONValue], _ link: WebSocketLink) {
        guard self.socketID == nil, let id = members["socket_id"]?.string, 1...128 ~= id.utf8.count else { return }
        self.socketID = id
        let seconds = members["activity_timeout"]?.integer.map { Duration.seconds(min(max($0, 1), 86400)) }
        link.isReady(interval: seconds)
        self.state = .connected
        self.wasConnected = true
        for reply in self.connecting { reply.resolve(.success(())) }
        self.connecting = []
        // A sign-in that begins now is its caller's own to send.
        let signsIn = self.wantedSignIn != nil
        self.restoring = Task { await self.restore(id, signsIn: signsIn) }
    }

    private func failed(code: Int?, _ message: String) {
        let message = PushClientError.quote(message)
        if let code, 4000...4299 ~= code {
            let error = PushClientError(code: .connection, message: message, status: code)
            self.announcedEnd = LinkEnd(code: code, error: error)
        }
        if let wantedSignIn, wantedSignIn.isSent, self.userID == nil, SignIn.mayFail(code) {
            self.loseSignIn(wantedSignIn, PushClientError(code: .refused, message: message, status: code))
        }
        self.noticeObservers.tell(.error(code: code, message: message))
    }

    private func signedIn(_ members: [String: JSONValue]) {
        guard let id = members["user_data"]?.unwrapped.object?["id"]?.identifier else { return }
        self.userID = id
        self.wantedSignIn?.succeed(id)
        guard let socketID else { return }
        for record in self.records.values where record.isOfUser && !record.isSubscribed {
            let name = record.name
            Task { await self.restore(name, socketID) }
        }
    }

    private func watched(_ members: [String: JSONValue]) {
        for event in members["events"]?.array?.compactMap(\.object) ?? [] {
            let users = event["user_ids"]?.array?.compactMap(\.identifier) ?? []
            switch event["name"]?.string {
            case "online": self.noticeObservers.tell(.online(users))
            case "offline": self.noticeObservers.tell(.offline(users))
            default: break
            }
        }
    }
}
