// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushProtocol

/// How the subscribers of a channel hear how many they are.
extension Hub {
    /// The number of a channel's subscribers has changed, and they want to know it.
    func subscriptionCountChanged(_ channel: ChannelName, _ topic: Topic, from shard: Shard) {
        self.atHome(of: topic, from: shard) { home in
            self.tellCount(channel, topic, at: home)
            guard home.home.counts[topic]?.isDue == true, home.home.dueCounts.insert(topic).inserted else { return }
            home.tick(DueCount(channel: channel, topic: topic, hub: self, home: home))
        }
    }

    fileprivate func tellCount(_ channel: ChannelName, _ topic: Topic, at home: Shard) {
        let count = self.topics.count(of: topic)
        guard count > 0 else {
            home.home.counts[topic] = nil
            return
        }
        guard
            let told = home.home.counts[topic, default: SubscriptionCount()]
                .changed(to: count, uptime: home.now.uptime)
        else { return }
        let frame = PusherServerFrame.subscriptionCount(channel: channel.text, count: told)
        _ = self.publish(frame, to: topic, from: home)
    }
}

/// A count that a large channel is told a little later. Confined to the loop of the channel's home.
private final class DueCount: Ticking {
    private let channel: ChannelName
    private let topic: Topic
    private let hub: Hub
    private unowned let home: Shard

    init(channel: ChannelName, topic: Topic, hub: Hub, home: Shard) {
        self.channel = channel
        self.topic = topic
        self.hub = hub
        self.home = home
    }

    func tick(_ now: Moment) -> Bool {
        self.hub.tellCount(self.channel, self.topic, at: self.home)
        if self.home.home.counts[self.topic]?.isDue == true { return true }
        self.home.home.dueCounts.remove(self.topic)
        return false
    }
}
