// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushExtensions
package import PushProtocol
internal import Synchronization

/// An application of this server while it runs: its settings as they are now, and how many of its clients are connected.
/// Any thread.
package final class App: Sendable {
    /// The settings; a reload changes them, but never the id.
    package let settings: Live<AppConfiguration>
    package let id: String
    private let connections = Atomic<Int>(0)
    private let wanted: WantedEvents
    private let forgotten = Atomic(false)
    private let monitored: Atomic<Bool>
    /// One for each loop; empty where nothing is counted by app.
    private let slots: [TrafficSlot]

    /// - Parameter trafficLoops: how many loops count traffic; 0 = none.
    package init(_ configuration: AppConfiguration, trafficLoops: Int = 0) {
        self.monitored = Atomic(configuration.isMonitored)
        self.slots = (0..<trafficLoops).map { _ in TrafficSlot() }
        self.id = configuration.id
        self.settings = Live(configuration)
        self.wanted = WantedEvents(configuration.wantedEvents)
    }

    /// Puts other settings in force.
    func update(_ configuration: AppConfiguration) {
        self.settings.set(configuration)
        self.wanted.set(configuration.wantedEvents)
        self.monitored.store(configuration.isMonitored, ordering: .relaxed)
    }

    /// Whether monitors are told what goes in and out.
    var isMonitored: Bool { self.monitored.load(ordering: .relaxed) }

    /// Where a loop counts the traffic; nil where nothing is counted.
    func traffic(on shard: Shard) -> TrafficSlot? { self.slots.isEmpty ? nil : self.slots[shard.index] }

    /// What was taken and sent since the start; nil where nothing is counted.
    package var traffic: AppTraffic? {
        guard !self.slots.isEmpty else { return nil }
        var traffic = AppTraffic(connections: self.connectionCount)
        for slot in self.slots { slot.add(to: &traffic) }
        return traffic
    }

    /// Whether a backend hears of events of a kind.
    func wants(_ name: AppEvent.Name) -> Bool { self.wanted.contains(name) }

    /// How many clients are connected to this node.
    package var connectionCount: Int { self.connections.load(ordering: .relaxed) }

    /// Whether it was let go for want of room, and is there again for who asks for it.
    var isForgotten: Bool { self.forgotten.load(ordering: .relaxed) }

    func forget() { self.forgotten.store(true, ordering: .relaxed) }

    /// Takes a place for a connection, which its session gives back; false where there is none left.
    package func enter() -> Bool {
        let maximum = self.settings.value.maximumConnections
        let count = self.connections.add(1, ordering: .relaxed).newValue
        guard maximum > 0, count > maximum else { return true }
        self.connections.subtract(1, ordering: .relaxed)
        return false
    }

    /// Gives the place of a connection back.
    func leave() {
        self.connections.subtract(1, ordering: .relaxed)
    }

    /// What a channel of this app is for the routing.
    package func topic(of channel: ChannelName) -> Topic {
        .channel("\(self.id)/\(channel.key)")
    }

    /// The signed-in connections of a user.
    func signedIn(_ user: String) -> Topic { .signedIn("\(self.id)/\(user)") }

    /// Those who watch a user.
    func watch(_ user: String) -> Topic { .watch("\(self.id)/\(user)") }
}
