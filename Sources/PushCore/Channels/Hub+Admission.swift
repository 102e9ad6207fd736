// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushProtocol

/// How connections come into channels that have something to tell them first, and leave them.
extension Hub {
    /// A connection that wants to subscribe to a channel, its signature checked.
    struct Candidate: Sendable {
        let app: App
        let channel: ChannelName
        let topic: Topic
        let session: SessionID
        /// What the session calls the subscription.
        let subscription: Int
        /// Who it is; nil where the channel has no members.
        let member: PresenceMember?
        /// The most members.
        let maximumMembers: Int
    }

    /// What the home of a channel says to a candidate.
    enum Admission: Sendable {
        /// It subscribes, and this is what it is sent first.
        case admitted(ByteBuffer)
        /// There is no room for another member.
        case full
    }

    /// Asks the home of a channel to let a connection in; the session hears by `admissionAnswered`.
    func admit(_ candidate: Candidate, from shard: Shard) {
        let origin = shard.index
        self.atHome(of: candidate.topic, from: shard) { home in
            let admission = self.admission(of: candidate, at: home)
            // From here on the channel's events go to the candidate's loop: behind this letter.
            if case .admitted = admission { self.topics.add(candidate.topic, loop: origin) }
            if origin == home.index {
                self.answer(admission, to: candidate, on: home)
            } else {
                self.post(toShard: origin) { self.answer(admission, to: candidate, on: $0) }
            }
        }
    }

    private func admission(of candidate: Candidate, at home: Shard) -> Admission {
        let topic = candidate.topic
        var frames: ByteBuffer
        if let member = candidate.member {
            switch home.home.presence[topic, default: PresenceMembers()]
                .join(member, atMost: candidate.maximumMembers)
            {
            case .full:
                self.forgetIfEmpty(topic, at: home)
                return .full
            case .first:
                let frame = PusherServerFrame.memberAdded(
                    channel: candidate.channel.text, id: member.id, info: member.info
                )
                _ = self.publish(frame, to: topic, from: home)
                if candidate.app.wants(.memberAdded) || candidate.app.wants(.memberRemoved) {
                    home.tell(
                        candidate.app.id, candidate.channel.text, .memberAdded(user: member.id, info: member.info)
                    )
                }
            case .again:
                break
            }
            frames = self.members(of: candidate.channel, topic, at: home)
        } else {
            frames = PusherServerFrame.subscriptionSucceeded(channel: candidate.channel.text)
        }
        if candidate.channel.isCache {
            let cached = home.home.cache.event(of: topic, uptime: home.now.uptime)?.frame
            frames.writeImmutableBuffer(cached ?? PusherServerFrame.cacheMiss(channel: candidate.channel.text))
            if cached == nil, candidate.app.wants(.cacheMiss),
                home.home.cacheMisses.missed(topic, uptime: home.now.uptime)
            {
                home.tell(candidate.app.id, candidate.channel.text, .cacheMiss)
            }
        }
        return .admitted(frames)
    }

    private func answer(_ admission: Admission, to candidate: Candidate, on shard: Shard) {
        let session = shard.session(candidate.session) as? PusherSession
        if session?.admissionAnswered(admission, subscription: candidate.subscription) == true { return }
        // It has gone, or does not want it any more.
        guard case .admitted = admission else { return }
        self.topics.remove(candidate.topic, loop: shard.index)
        self.left(candidate.channel, candidate.topic, in: candidate.app, member: candidate.member?.id, from: shard)
        self.occupancyChanged(of: candidate.channel, candidate.topic, in: candidate.app, from: shard)
        if candidate.member == nil {
            self.subscriptionCountCorrected(candidate.channel, candidate.topic, in: candidate.app, from: shard)
        }
    }

    /// A connection has left a channel with members.
    func left(_ channel: ChannelName, _ topic: Topic, in app: App, member: String?, from shard: Shard) {
        guard let member else { return }
        self.atHome(of: topic, from: shard) { home in
            guard home.home.presence[topic]?.leave(member) == true else { return }
            self.forgetIfEmpty(topic, at: home)
            _ = self.publish(PusherServerFrame.memberRemoved(channel: channel.text, id: member), to: topic, from: home)
            if app.wants(.memberAdded) || app.wants(.memberRemoved) {
                home.tell(app.id, channel.text, .memberRemoved(user: member))
            }
        }
    }

    /// Tells a session once more who is in a presence channel that it has joined.
    func tellMembers(of channel: ChannelName, _ topic: Topic, to session: SessionID, from shard: Shard) {
        self.atHome(of: topic, from: shard) { home in
            let frame = self.members(of: channel, topic, at: home)
            self.withSession(session, from: home) { session, _ in (session as? PusherSession)?.membersTold(frame) }
        }
    }

    private func members(of channel: ChannelName, _ topic: Topic, at home: Shard) -> ByteBuffer {
        PusherServerFrame.subscriptionSucceeded(
            channel: channel.text, members: home.home.presence[topic]?.all ?? []
        )
    }

    private func forgetIfEmpty(_ topic: Topic, at home: Shard) {
        if home.home.presence[topic]?.count == 0 { home.home.presence[topic] = nil }
    }
}
