// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushProtocol

/// What backends ask of channels. Each function is called on the loop of the shard that it is given, or from any thread
/// where it is given none.
extension Hub {
    /// Sends an event to the subscribers of channels.
    ///
    /// - Parameter except: a connection that does not get it.
    package func trigger(
        _ event: ChannelEvent, on channels: [ChannelName], of app: App, except: SocketID?, from shard: Shard
    ) {
        let session = except.flatMap { $0.node == self.node ? SessionID(rawValue: $0.session) : nil }
        for channel in channels {
            let topic = app.topic(of: channel)
            shard.counters.eventsRouted += 1
            app.traffic(on: shard)?.published()
            if let monitoring = self.monitoring, app.isMonitored {
                monitoring.offer(
                    MonitoredTraffic(
                        appKey: app.settings.value.key, milliseconds: shard.now.milliseconds,
                        content: .event(name: event.name, channel: channel.text, data: event.data)
                    )
                )
            }
            if app.wants(.serverEvent) {
                shard.tell(app.id, channel.text, .serverEvent(name: event.name, data: event.data))
            }
            if channel.isCache {
                let frame = PusherServerFrame.event(name: event.name, channel: channel.text, data: event.data)
                let cached = CachedEvent(
                    frame: frame, data: event.data, deadline: shard.now.uptime + EventCache.lifetime
                )
                // Whoever is admitted gets what was kept before, and then what is sent after.
                self.atHome(of: topic, from: shard) { home in
                    home.home.cache.keep(cached, of: topic, uptime: home.now.uptime)
                    _ = self.publish(frame, to: topic, except: session, from: home)
                }
            } else if let loops = self.topics.loops(of: topic) {
                let frame = PusherServerFrame.event(name: event.name, channel: channel.text, data: event.data)
                self.publish(frame, holding: nil, to: topic, except: session, on: loops, from: shard)
            }
        }
    }

    /// How many connections of this node subscribe to a channel.
    package func subscriptionCount(of channel: ChannelName, in app: App) -> Int {
        self.topics.count(of: app.topic(of: channel))
    }

    /// The channels of an app that have subscribers, in no order.
    ///
    /// - Parameter prefix: what their names begin with.
    package func occupiedChannels(
        of app: App, prefix: String
    ) -> [(channel: ChannelName, subscriptions: Int)] {
        let base = "\(app.id)/"
        return self.topics.names(of: .channel, prefix: base + ChannelName.key(of: prefix)).compactMap { name in
            guard let channel = ChannelName(key: name.dropFirst(base.count)) else { return nil }
            let count = self.topics.count(of: .channel(name))
            return count > 0 ? (channel, count) : nil
        }
    }

    /// How many users there are in presence channels; 0 for every other channel.
    package func userCounts(
        of channels: [ChannelName], in app: App, from shard: Shard
    ) -> EventLoopFuture<[Int]> {
        // One letter for each home, however many channels.
        var byHome: [Int: [(index: Int, topic: Topic)]] = [:]
        for (index, channel) in channels.enumerated() where channel.kind == .presence {
            let topic = app.topic(of: channel)
            byHome[self.home(of: topic), default: []].append((index, topic))
        }
        let counted = byHome.map { home, topics in
            self.ask(home, from: shard) { home in
                topics.map { ($0.index, home.home.presence[$0.topic]?.count ?? 0) }
            }
        }
        let empty = [Int](repeating: 0, count: channels.count)
        return EventLoopFuture.reduce(empty, counted, on: shard.loop) { counts, some in
            var counts = counts
            for (index, count) in some { counts[index] = count }
            return counts
        }
    }

    /// The ids of the users in a presence channel, in the order in which they came.
    package func members(
        of channel: ChannelName, in app: App, from shard: Shard
    ) -> EventLoopFuture<[String]> {
        let topic = app.topic(of: channel)
        return self.ask(self.home(of: topic), from: shard) { home in
            home.home.presence[topic]?.all.map(\.id) ?? []
        }
    }

    /// The event that is kept for those who subscribe to a cache channel.
    package func cachedEvent(
        of channel: ChannelName, in app: App, from shard: Shard
    ) -> EventLoopFuture<CachedEvent?> {
        let topic = app.topic(of: channel)
        return self.ask(self.home(of: topic), from: shard) { home in
            home.home.cache.event(of: topic, uptime: home.now.uptime)
        }
    }

    /// Puts other apps, and other settings of apps, in force. Connections of an app that is gone or switched off end.
    ///
    /// - Parameter chat: the id of the app whose users are those of the chat.
    package func update(apps: [AppConfiguration], chat: String?) {
        self.apps.update(apps, chat: chat)
        self.appsChanged()
    }

    /// Puts in force what another system says of an app.
    func update(app: AppConfiguration) {
        if self.apps.update(found: app) { self.appsChanged() }
    }

    /// Lets an app of another system go that nobody is connected to. Who came in this moment is told to come again.
    func forget(app id: String) {
        self.apps.app(id: id)?.forget()
        self.remove(app: id)
    }

    /// Another system does not know an app any more: its connections end.
    func remove(app id: String) {
        let hasConnections = self.apps.app(id: id)?.connectionCount ?? 0 > 0
        self.apps.remove(found: id)
        if hasConnections { self.appsChanged() }
    }

    private func appsChanged() {
        for index in 0..<self.shardCount {
            self.post(toShard: index) { shard in
                for id in shard.sessionIDs { (shard.session(id) as? PusherSession)?.appChanged() }
                self.forgetUnwanted(at: shard)
            }
        }
    }

    // MARK: - Homes

    /// The shard that is the home of a channel or a user.
    func home(of topic: Topic) -> Int {
        Int(UInt(bitPattern: topic.hashValue) % UInt(self.shardCount))
    }

    /// Does something at the home of a channel or a user: at once where that is the caller's shard, otherwise by letter.
    func atHome(of topic: Topic, from shard: Shard, _ body: @escaping @Sendable (_ home: Shard) -> Void) {
        let home = self.home(of: topic)
        if home == shard.index { body(shard) } else { self.post(toShard: home, body) }
    }

    private func ask<Answer: Sendable>(
        _ home: Int, from shard: Shard, _ body: @escaping @Sendable (_ home: Shard) -> Answer
    ) -> EventLoopFuture<Answer> {
        guard home != shard.index else { return shard.loop.makeSucceededFuture(body(shard)) }
        let promise = shard.loop.makePromise(of: Answer.self)
        self.post(toShard: home) { promise.succeed(body($0)) }
        return promise.futureResult
    }
}
