// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushProtocol

/// How a client comes into channels, and leaves them.
extension PusherSession {
    func subscribe(to text: String, auth: String?, channelData: String?) {
        guard let channel = ChannelName(text) ?? self.freeName(text) else {
            return self.fail(
                text, type: "InvalidChannel", status: 400,
                "a channel's name has 1 to \(ChannelName.maximumBytes) letters, digits and _-=@,.;"
            )
        }
        let member: PresenceMember?
        switch self.authorize(channel, auth: auth, channelData: channelData) {
        case .success(let somebody): member = somebody
        case .failure(let refusal): return self.fail(text, type: "AuthError", status: 401, refusal.reason)
        }
        self.enter(channel, as: member)
    }

    /// A name that only the channels of some apps may have.
    private func freeName(_ text: String) -> ChannelName? {
        ChannelName(text, dialect: self.app.settings.value.dialect)
    }

    /// Subscribes to a channel into which the client may come.
    ///
    /// - Parameter member: who it is there, where the channel has members.
    func enter(_ channel: ChannelName, as member: PresenceMember?) {
        if let known = self.subscriptions.first(where: { $0.channel == channel }) { return self.repeated(known) }
        guard self.subscriptions.count < self.shard.channels.maximumChannels else {
            return self.fail(
                channel.text, type: "LimitReached", status: 4004,
                "a connection has at most \(self.shard.channels.maximumChannels) channels"
            )
        }
        self.subscribe(to: channel, as: member)
    }

    private func subscribe(to channel: ChannelName, as member: PresenceMember?) {
        let topic = self.shard.shared(self.app.topic(of: channel))
        var subscription = Subscription(
            channel: channel, topic: topic, number: self.makeNumber(), slot: nil, member: member?.id
        )
        guard member != nil || channel.isCache else {
            subscription.slot = Int32(
                self.shard.subscribe(self.transport, to: topic, subscription: subscription.number)
            )
            self.subscriptions.append(subscription)
            if channel.kind == .serverToUser { self.hub.userChannelOpened() }
            self.send(PusherServerFrame.subscriptionSucceeded(channel: channel.text))
            self.hub.occupancyChanged(of: channel, topic, in: self.app, from: self.shard)
            return self.countChanged(subscription, isJoining: true)
        }
        self.subscriptions.append(subscription)
        self.hold()
        self.hub.admit(
            Hub.Candidate(
                app: self.app, channel: channel, topic: topic, session: self.sessionID,
                subscription: subscription.number,
                member: member, maximumMembers: self.app.settings.value.maximumPresenceMembers
            ),
            from: self.shard
        )
    }

    /// The home of a channel has let the client in, or not.
    ///
    /// - Returns: whether the client still wants it.
    func admissionAnswered(_ admission: Hub.Admission, subscription number: Int) -> Bool {
        defer { self.release() }
        guard let index = self.subscriptions.firstIndex(where: { $0.number == number }) else { return false }
        let subscription = self.subscriptions[index]
        switch admission {
        case .admitted(let frames):
            self.subscriptions[index].slot = Int32(
                self.shard.subscribeCounted(self.transport, to: subscription.topic, subscription: number)
            )
            self.answer(frames)
            // Clients of older servers know no sign-in: a member is somebody whom the app has named. That makes no user.
            if subscription.member != nil, self.dialect != nil, self.app.settings.value.dialect != .pusher {
                self.heartbeat.signedIn()
            }
            self.hub.occupancyChanged(
                of: subscription.channel, subscription.topic, in: self.app, from: self.shard
            )
            self.countChanged(subscription, isJoining: true)
        case .full:
            self.subscriptions.remove(at: index)
            let maximum = self.app.settings.value.maximumPresenceMembers
            self.fail(
                subscription.channel.text, type: "LimitReached", status: 4004,
                "a presence channel of this app has at most \(maximum) members"
            )
        }
        return true
    }

    /// A channel is asked for that the client has already.
    private func repeated(_ subscription: Subscription) {
        // Where the answer to the first one is on its way, it is the answer to both.
        guard subscription.slot != nil else { return }
        if subscription.member == nil {
            self.send(PusherServerFrame.subscriptionSucceeded(channel: subscription.channel.text))
        } else {
            self.hold()
            self.hub.tellMembers(
                of: subscription.channel, subscription.topic, to: self.sessionID, from: self.shard
            )
        }
    }

    /// The members of a channel that was asked for once more.
    func membersTold(_ frames: ByteBuffer) {
        self.answer(frames)
        self.release()
    }

    func unsubscribe(from channel: String) {
        guard let index = self.subscriptions.firstIndex(where: { $0.channel.isWritten(channel) }) else { return }
        self.leave(self.subscriptions.remove(at: index))
    }

    /// Ends a subscription. One that the channel's home has not answered yet ends when it does.
    func leave(_ subscription: Subscription) {
        guard let slot = subscription.slot else { return }
        self.shard.unsubscribe(from: subscription.topic, slot: Int(slot))
        if subscription.channel.kind == .serverToUser { self.hub.userChannelClosed() }
        self.hub.left(
            subscription.channel, subscription.topic, in: self.app, member: subscription.member, from: self.shard
        )
        self.hub.occupancyChanged(of: subscription.channel, subscription.topic, in: self.app, from: self.shard)
        self.countChanged(subscription)
    }

    private func countChanged(_ subscription: Subscription, isJoining: Bool = false) {
        guard self.app.settings.value.tellsSubscriptionCount, subscription.channel.kind != .presence else { return }
        self.hub.subscriptionCountChanged(
            subscription.channel, subscription.topic, in: self.app, joining: isJoining ? self.sessionID : nil,
            from: self.shard
        )
    }

    package func subscription(_ subscription: Int, movedTo slot: Int) {
        if let index = self.subscriptions.firstIndex(where: { $0.number == subscription }) {
            self.subscriptions[index].slot = Int32(slot)
        } else {
            self.signin?.moved(subscription, to: Int32(slot))
        }
    }

    /// Tells the client that it does not get a channel. A name that is far too long is not repeated.
    private func fail(_ channel: String, type: String, status: Int, _ message: String) {
        guard channel.utf8.count <= 2 * ChannelName.maximumBytes else { return self.refuse(message) }
        guard self.countRefusal() else { return }
        self.send(
            PusherServerFrame.subscriptionError(channel: channel, type: type, message: message, status: status)
        )
    }

    // MARK: - Authorization

    struct Refusal: Error {
        let reason: String
    }

    /// Whether the client may subscribe, and as whom.
    func authorize(
        _ channel: ChannelName, auth: String?, channelData: String?
    ) -> Result<PresenceMember?, Refusal> {
        if let user = channel.user {
            guard let signin, signin.user.id.utf8.elementsEqual(user.utf8) else {
                return .failure(Refusal(reason: "the channel is for the user of that id, signed in"))
            }
            return .success(nil)
        }
        guard channel.needsSignature else { return .success(nil) }
        if auth == nil, let signin, signin.grants?.include(channel) == true {
            return .success(
                channel.kind == .presence ? PresenceMember(id: signin.user.id, info: signin.user.info) : nil
            )
        }
        let signed = channelData == nil ? "socket_id:channel" : "socket_id:channel:channel_data"
        guard let auth else {
            return .failure(Refusal(reason: "auth is missing: KEY:signature, of the text \(signed)"))
        }
        let settings = self.app.settings.value
        guard
            ChannelAuthorization.accepts(
                auth: auth, key: settings.key, secret: PusherSecret(settings.secret), socketID: self.socketID.text,
                channel: channel.text, channelData: channelData
            )
        else {
            return .failure(
                Refusal(
                    reason: "invalid signature: expected KEY:HMAC-SHA256 hex of the text \(signed), which is "
                        + "\(self.socketID.text):\(channel.text)" + (channelData.map { ":\($0)" } ?? "")
                )
            )
        }
        guard channel.kind == .presence else {
            // Where names are free, data that is no object could be the end of another channel's name.
            guard let channelData, settings.dialect.hasFreeNames,
                PHPJSON.sorted(channelData, scanner: self.shard.scanner) == nil
            else { return .success(nil) }
            return .failure(Refusal(reason: "channel_data must be a JSON object"))
        }
        return self.member(channelData)
    }

    /// Who somebody is in a presence channel: who they say they are there, or who they have signed in as.
    private func member(_ channelData: String?) -> Result<PresenceMember?, Refusal> {
        guard let channelData else {
            guard let user = self.signin?.user else {
                return .failure(Refusal(reason: "channel_data is missing, and nobody has signed in"))
            }
            return .success(PresenceMember(id: user.id, info: user.info))
        }
        do {
            return .success(try PresenceMember(channelData: channelData, scanner: self.shard.scanner))
        } catch {
            return .failure(Refusal(reason: error.message))
        }
    }
}
