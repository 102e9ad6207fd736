// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushExtensions
import PushProtocol
import PushTesting
import Testing

@testable import PushCore

@Suite("The monitor feed", .timeLimit(.minutes(1)))
struct MonitoringTests {
    /// Keeps what it is told, once the test lets it.
    private struct Monitor: TrafficMonitor {
        let seen = Seen<MonitoredMessage>()
        let gate: AsyncStream<Void>
        let open: AsyncStream<Void>.Continuation

        init(isOpen: Bool = true) {
            (self.gate, self.open) = AsyncStream.makeStream(of: Void.self)
            if isOpen { self.open.finish() }
        }

        func observe(_ messages: [MonitoredMessage]) async {
            for await _ in self.gate {}
            for message in messages { self.seen.add(message) }
        }

        /// What was told, as the feed's lines.
        var lines: [String] {
            self.seen.values.map { message in
                "\(message.direction.rawValue) \(message.socketID == nil ? "-" : "*") \(message.event) "
                    + "\(message.channel ?? "-") \(message.data)"
            }
        }
    }

    private func channels(
        _ monitors: [Monitor], queueBytes: Int = 1024 * 1024, isMonitored: Bool = true
    ) throws -> ChannelFixture {
        var extensions = ServerExtensions()
        extensions.trafficMonitors = monitors
        return ChannelFixture(
            extensions: try HubExtensions(extensions, clock: ManualClock(), monitorQueueBytes: queueBytes)
        ) { $0.isMonitored = isMonitored }
    }

    /// Tells the monitors until they were told so many messages.
    private func tell(_ channels: ChannelFixture, _ count: Int) async throws -> Monitoring {
        let monitoring = try #require(channels.fixture.hub.extensions?.monitoring)
        let telling = Task { await monitoring.run() }
        defer { telling.cancel() }
        try await Eventually.holds("\(count) messages are told") { monitoring.told >= count }
        return monitoring
    }

    @Test("has everything in and out, in order, and what backends publish once")
    func everything() async throws {
        let monitor = Monitor()
        let channels = try self.channels([monitor])
        let client = channels.connect()
        _ = channels.subscribe(client, to: "room")
        channels.trigger("news", on: "room", data: #""{\"a\":1}""#)
        channels.fixture.run()
        client.receive("no event")
        channels.fixture.run()
        #expect(try await self.tell(channels, 7).dropped == 0)
        let id = client.session?.socketID.text ?? ""
        let lines = monitor.lines
        #expect(lines.count == 7)
        #expect(lines[0].hasPrefix("server * pusher:connection_established - \"{"))
        #expect(lines[1].hasPrefix("client * pusher:subscribe - {\"channel\":\"room\""))
        #expect(lines[2] == #"server * pusher_internal:subscription_succeeded room "{}""#)
        #expect(lines[3] == #"client - news room "{\"a\":1}""#)
        #expect(lines[4] == #"server * news room "{\"a\":1}""#)
        #expect(lines[5] == #"client *  - "no event""#)
        #expect(lines[6].hasPrefix("server * pusher:error - {"))
        #expect(monitor.seen.values.compactMap(\.socketID).allSatisfy { $0 == id })
        #expect(monitor.seen.values.allSatisfy { $0.appKey == "key" && $0.milliseconds == 1_600_000_000_000 })
    }

    @Test("has nothing of an app that is not monitored, until that changes")
    func off() async throws {
        let monitor = Monitor()
        let channels = try self.channels([monitor], isMonitored: false)
        let client = channels.connect()
        _ = channels.subscribe(client, to: "room")
        channels.trigger("unseen", on: "room")
        channels.fixture.run()
        #expect(client.session?.tap == nil)
        var settings = channels.app.settings.value
        settings.isMonitored = true
        channels.fixture.hub.update(apps: [settings], chat: nil)
        channels.fixture.run()
        channels.trigger("seen", on: "room")
        channels.fixture.run()
        _ = try await self.tell(channels, 2)
        #expect(monitor.lines == [#"client - seen room "1""#, #"server * seen room "1""#])
    }

    @Test("drops and counts what a slow monitor has no room for, and another one misses nothing")
    func slow() async throws {
        let (slow, quick) = (Monitor(isOpen: false), Monitor())
        let channels = try self.channels([slow, quick], queueBytes: 1000)
        let monitoring = try #require(channels.fixture.hub.extensions?.monitoring)
        let telling = Task { await monitoring.run() }
        defer { telling.cancel() }
        for number in 1...20 {
            channels.trigger("e\(number)", on: "room")
            try await Eventually.holds("the quick one is told") { quick.seen.values.count == number }
        }
        #expect(monitoring.dropped > 0)
        slow.open.finish()
        let kept = 20 - monitoring.dropped
        try await Eventually.holds("the slow one is told the rest") { slow.seen.values.count == kept }
        #expect(slow.seen.values.map(\.event) == (1...kept).map { "e\($0)" })
        // There is room again.
        channels.trigger("last", on: "room")
        try await Eventually.holds("both are told") {
            slow.seen.values.last?.event == "last" && quick.seen.values.last?.event == "last"
        }
    }

    @Test("is told to its end when the server stops, and takes no more")
    func finished() async throws {
        let monitor = Monitor()
        let channels = try self.channels([monitor])
        let monitoring = try #require(channels.fixture.hub.extensions?.monitoring)
        for number in 0..<1000 { channels.trigger("e\(number)", on: "room") }
        monitoring.finish()
        channels.trigger("late", on: "room")
        await monitoring.run()
        #expect(monitor.seen.values.map(\.event) == (0..<1000).map { "e\($0)" })
        #expect(monitoring.giveUp() == 0 && monitoring.dropped == 1 && monitoring.told == 1000)
    }

    @Test("counts what could not be told before the end")
    func givenUp() async throws {
        let monitor = Monitor(isOpen: false)
        let channels = try self.channels([monitor])
        let monitoring = try #require(channels.fixture.hub.extensions?.monitoring)
        for number in 0..<1000 { channels.trigger("e\(number)", on: "room") }
        let telling = Task { await monitoring.run() }
        monitoring.finish()
        telling.cancel()
        monitor.open.finish()
        await telling.value
        let lost = monitoring.giveUp()
        #expect(monitoring.dropped == lost && monitoring.told + lost == 1000)
        #expect(monitoring.giveUp() == 0)
    }
}
