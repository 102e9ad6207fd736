// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

/// Signs of life, with the sweep of every second.
struct HeartbeatTests {
    private let fixture = HubFixture()

    @Test("A silent client is pinged after 25 seconds, and closed after 60")
    func silence() {
        let client = self.fixture.logIn("a")
        self.fixture.advance(by: .seconds(24))
        #expect(client.log.isEmpty)
        self.fixture.advance(by: .seconds(1))
        #expect(client.log.frames == [.ping])
        self.fixture.advance(by: .seconds(34))
        #expect(client.close == nil)
        self.fixture.advance(by: .seconds(1))
        #expect(client.close == .init(.noSignOfLife, "no sign of life"))
        #expect(client.log.frames.allSatisfy { $0 == .ping })
        #expect(!self.fixture.hub.isOnline("a"))
        #expect(self.fixture.presence.changes == ["+a/app#1", "-a/app#1"])
        #expect(self.fixture.shard().counters.silentClosed == 1)
    }

    @Test("A client that answers each ping is pinged every 25 seconds, give or take the wheel's second, and stays")
    func answered() {
        let client = self.fixture.logIn("a")
        var pings: [Int] = []
        for second in 1...600 {
            self.fixture.advance(by: .seconds(1))
            if client.log.frames == [.ping] {
                pings.append(second)
                client.forget()
                client.receiveSignOfLife()
            }
        }
        #expect(client.close == nil)
        let pauses = zip(pings, pings.dropFirst()).map { $1 - $0 }
        #expect(pings.first == 25)
        #expect(pauses.allSatisfy { 25...26 ~= $0 }, "\(pauses)")
    }

    @Test(
        "A client that talks is not pinged",
        arguments: ["ping", #"{"type":"ping"}"#, #"{"to_uid":"b","content":1}"#, "{"])
    func talking(frame: String) {
        let client = self.fixture.logIn("a")
        for _ in 0..<20 {
            self.fixture.advance(by: .seconds(24))
            client.receive(frame)
        }
        self.fixture.run()
        #expect(!client.log.frames.contains(.ping))
        #expect(client.close == nil)
    }

    @Test("What the server sends is no sign of the client's life")
    func oneWay() {
        let client = self.fixture.logIn("a")
        for _ in 0..<61 {
            self.fixture.advance(by: .seconds(1))
            self.fixture.send("1", .init(sender: "b", recipients: .one("a")))
        }
        #expect(client.close?.code == .noSignOfLife)
    }

    @Test(
        "After a standstill of the loop, however long, every deadline that passed is seen, once",
        arguments: [61, 127, 128, 129, 500, 86_400])
    func standstill(seconds: Int) {
        let silent = self.fixture.logIn("a")
        let stranger = self.fixture.connect()
        self.fixture.advance(by: .seconds(1))
        self.fixture.advance(by: .seconds(seconds), sweepingEverySecond: false)
        #expect(silent.close?.code == .noSignOfLife)
        #expect(stranger.close?.code == .notAuthorized)
        self.fixture.advance(by: .seconds(200))
        #expect(self.fixture.shard().counters.silentClosed == 1)
        #expect(self.fixture.shard().counters.loginsRefused == 1)
        #expect(self.fixture.shard().sessionCount == 0)
    }

    @Test("Deadlines beyond the wheel are kept")
    func longIntervals() {
        let minute: Int64 = 60_000_000_000
        let fixture = HubFixture(chat: ChatConfiguration(pingInterval: 10 * minute, idleTimeout: 30 * minute))
        let client = fixture.logIn("a")
        fixture.advance(by: .seconds(599))
        #expect(client.log.isEmpty)
        fixture.advance(by: .seconds(1))
        #expect(client.log.frames == [.ping])
        fixture.advance(by: .seconds(1199))
        #expect(client.close == nil)
        fixture.advance(by: .seconds(1))
        #expect(client.close?.code == .noSignOfLife)
    }
}
