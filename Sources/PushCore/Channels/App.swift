// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

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

    package init(_ configuration: AppConfiguration) {
        self.id = configuration.id
        self.settings = Live(configuration)
        self.wanted = WantedEvents(configuration.wantedEvents)
    }

    /// Puts other settings in force.
    func update(_ configuration: AppConfiguration) {
        self.settings.set(configuration)
        self.wanted.set(configuration.wantedEvents)
    }

    /// Whether a backend hears of events of a kind.
    func wants(_ name: AppEvent.Name) -> Bool { self.wanted.contains(name) }

    /// How many clients are connected to this node.
    package var connectionCount: Int { self.connections.load(ordering: .relaxed) }

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
