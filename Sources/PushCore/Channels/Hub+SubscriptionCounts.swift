// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushProtocol

/// How the subscribers of a channel hear how many they are.
extension Hub {
    /// The number of a channel's subscribers has changed, and they want to know it.
    ///
    /// - Parameter joining: who has come, and hears the number in any case.
    func subscriptionCountChanged(
        _ channel: ChannelName, _ topic: Topic, in app: App, joining: SessionID?, from shard: Shard
    ) {
        self.atHome(of: topic, from: shard) { home in
            let isTold = self.tellCount(channel, topic, in: app, at: home)
            if let joining, !isTold, let counts = home.home.counts[topic], !counts.isDue, let told = counts.told {
                let frame = PusherServerFrame.subscriptionCount(channel: channel.text, count: told)
                self.withSession(joining, from: home) { session, shard in shard.send(frame, to: session) }
            }
            guard home.home.counts[topic]?.isDue == true, home.home.dueCounts.insert(topic).inserted else { return }
            home.tick(DueCount(channel: channel, topic: topic, app: app, hub: self, home: home))
        }
    }

    /// Somebody who was counted did not come after all.
    func subscriptionCountCorrected(_ channel: ChannelName, _ topic: Topic, in app: App, from shard: Shard) {
        self.atHome(of: topic, from: shard) { home in
            if home.home.counts[topic] != nil { self.tellCount(channel, topic, in: app, at: home) }
        }
    }

    /// - Returns: whether the subscribers were told.
    @discardableResult
    fileprivate func tellCount(_ channel: ChannelName, _ topic: Topic, in app: App, at home: Shard) -> Bool {
        let count = self.topics.count(of: topic)
        guard count > 0 else {
            home.home.counts[topic] = nil
            return false
        }
        guard
            let told = home.home.counts[topic, default: SubscriptionCount()]
                .changed(to: count, uptime: home.now.uptime)
        else { return false }
        let frame = PusherServerFrame.subscriptionCount(channel: channel.text, count: told)
        _ = self.publish(frame, to: topic, from: home)
        if app.wants(.subscriptionCount) { home.tell(app.id, channel.text, .subscriptionCount(told)) }
        return true
    }
}

/// A count that a large channel is told a little later. Confined to the loop of the channel's home.
private final class DueCount: Ticking {
    private let channel: ChannelName
    private let topic: Topic
    private let app: App
    private let hub: Hub
    private unowned let home: Shard

    init(channel: ChannelName, topic: Topic, app: App, hub: Hub, home: Shard) {
        self.channel = channel
        self.topic = topic
        self.app = app
        self.hub = hub
        self.home = home
    }

    func tick(_ now: Moment) -> Bool {
        self.hub.tellCount(self.channel, self.topic, in: self.app, at: self.home)
        if self.home.home.counts[self.topic]?.isDue == true { return true }
        self.home.home.dueCounts.remove(self.topic)
        return false
    }
}
