// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushProtocol

/// What backends hear of. Where none of an app's wants to know, all of this costs one atomic load.
extension Hub {
    /// Somebody has come to a channel, or left it.
    func occupancyChanged(of channel: ChannelName, _ topic: Topic, in app: App, from shard: Shard) {
        // Who hands events on needs both, to see which of them were nothing.
        guard app.wants(.channelOccupied) || app.wants(.channelVacated) else { return }
        self.atHome(of: topic, from: shard) { home in
            guard let isOccupied = self.news(of: topic, at: home) else { return }
            home.tell(app.id, channel.text, isOccupied ? .channelOccupied : .channelVacated)
        }
    }

    /// A user of the chat has opened a terminal, or closed one.
    func terminalsChanged(of uid: String, from shard: Shard) {
        guard self.apps.chatWants(.userOnline) || self.apps.chatWants(.userOffline) else { return }
        let topic = Topic.user(uid)
        self.atHome(of: topic, from: shard) { home in
            guard let isOnline = self.news(of: topic, at: home), let app = self.apps.chat else { return }
            home.tell(app.id, nil, isOnline ? .userOnline(uid) : .userOffline(uid))
        }
    }

    /// Whether a topic has subscribers, if that is not what was told last. What counts is how things stand now, so that
    /// what was told last is true, whoever came in between.
    private func news(of topic: Topic, at home: Shard) -> Bool? {
        let isOccupied = self.topics.loops(of: topic) != nil
        let isNews = isOccupied ? home.home.told.insert(topic).inserted : home.home.told.remove(topic) != nil
        return isNews ? isOccupied : nil
    }

    /// A message of the chat's is on its way.
    func tell(_ message: MessageFrame, to uid: String, isOnline: Bool, from shard: Shard) {
        let isWanted = self.apps.chatWants(.message)
        let isWantedOffline = !isOnline && self.apps.chatWants(.messageOffline) && !self.hasUserChannel(uid)
        guard isWanted || isWantedOffline, let app = self.apps.chat else { return }
        let frame = WebSocketFrame.payload(of: message.frame)
        if isWanted { shard.tell(app.id, nil, .message(recipient: uid, frame: frame)) }
        if isWantedOffline { shard.tell(app.id, nil, .messageOffline(recipient: uid, frame: frame)) }
    }

    /// Forgets what was told of topics of which nobody wants to hear any more.
    func forgetUnwanted(at home: Shard) {
        let users = self.apps.chatWants(.userOnline) || self.apps.chatWants(.userOffline)
        home.home.told = home.home.told.filter { topic in
            guard topic.kind == .channel else { return users }
            let app = self.apps.app(id: String(topic.name.prefix { $0 != "/" }))
            return app.map { $0.wants(.channelOccupied) || $0.wants(.channelVacated) } ?? false
        }
    }
}
