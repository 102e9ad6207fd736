// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import NIOCore
import NIOEmbedded
import PushProtocol
import PushTesting
import Testing

@Suite("The door: every connection is counted in once and out once")
struct HandshakeCountTests {
    /// What a peer may do, and what may happen to it.
    enum Step: UInt8, CaseIterable, Sendable {
        case nothing, halfHead, webSocket, http, garbage, tooLarge, badHandshake, refusedPath, deadline, closed
    }

    static let paths: [[Step]] =
        Step.allCases.map { [$0] }
        + Step.allCases.flatMap { first in
            [Step.webSocket, .http, .garbage, .deadline, .closed].map { [first, $0] }
        }

    @Test("the counts are zero again after every path", arguments: paths)
    func everyPath(steps: [Step]) throws {
        let limits = ConnectionLimits(maximum: nil, perAddress: nil)
        let connection = try HandshakeFixture(limits: limits, routes: Self.routes)
        #expect(limits.open == 1)
        for step in steps { try Self.perform(step, on: connection) }
        connection.end()
        #expect(limits.open == 0)
        Self.expectUnused(limits)
    }

    @Test("a connection that has been refused for its number is not counted, in or out")
    func refusedAtTheDoor() throws {
        let limits = ConnectionLimits(maximum: 1, perAddress: nil)
        let first = try HandshakeFixture(limits: limits)
        for _ in 0..<3 {
            let refused = try HandshakeFixture(limits: limits)
            #expect(refused.sent().hasPrefix("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n"))
            #expect(!refused.channel.isActive)
            try refused.send(Requests.handshake())
            refused.loop.advanceTime(by: .seconds(20))
            refused.end()
            #expect(limits.open == 1)
        }
        first.end()
        #expect(limits.open == 0)
        let next = try HandshakeFixture(limits: limits)
        #expect(next.channel.isActive)
        next.end()
    }

    @Test("the 257th half-open connection of an address is refused, and a head makes room for it")
    func halfOpen() throws {
        let limits = ConnectionLimits(maximum: nil, perAddress: nil)
        var connections = try (0..<256).map { _ in try HandshakeFixture(limits: limits) }
        defer { connections.forEach { $0.end() } }
        #expect(connections.allSatisfy { $0.channel.isActive })
        let refused = try HandshakeFixture(limits: limits)
        #expect(refused.sent().hasPrefix("HTTP/1.1 503 "))
        refused.end()
        let other = try HandshakeFixture(address: "192.0.2.9", limits: limits)
        #expect(other.channel.isActive)
        other.end()
        try connections[7].send(Requests.handshake())
        connections.append(try HandshakeFixture(limits: limits))
        #expect(connections.last?.channel.isActive == true)
        #expect(limits.open == 257)
    }

    @Test("the counts are right however many connections take whichever paths at once")
    func manyConnections() throws {
        try Fuzz.run("connections at the door") {
            $0.bytes(400)
        } check: { steps, generator in
            let limits = ConnectionLimits(maximum: 40, perAddress: 30)
            var connections: [HandshakeFixture] = []
            for step in steps {
                if connections.isEmpty || step >= 128 {
                    let address = "192.0.2.\(step & 3)"
                    connections.append(try HandshakeFixture(address: address, limits: limits, routes: Self.routes))
                } else {
                    try Self.perform(generator.pick(Step.allCases), on: generator.pick(connections))
                }
                try #require(limits.open == connections.count { $0.channel.isActive })
            }
            for connection in connections { connection.end() }
            try #require(limits.open == 0)
            for address in 0..<4 {
                for _ in 0..<10 { try #require(limits.connect(IPAddress("192.0.2.\(address)")) == nil) }
            }
        }
    }

    private static var routes: RouteRecorder { RouteRecorder() }

    private static func perform(_ step: Step, on connection: HandshakeFixture) throws {
        switch step {
        case .nothing: break
        case .halfHead: try connection.send("GET / HTTP/1.1\r\nHost: a\r\n")
        case .webSocket: try connection.send(Requests.handshake())
        case .http: try connection.send(Requests.plain)
        case .garbage: try connection.send([0, 1, 2, 3])
        case .tooLarge: try connection.send(String(repeating: "A", count: 20_000))
        case .badHandshake: try connection.send(Requests.handshake(replacing: ["Sec-WebSocket-Version": "7"]))
        case .refusedPath: try connection.send("GET / HTTP/3.0\r\n\r\n")
        case .deadline: connection.loop.advanceTime(by: .seconds(10))
        case .closed: connection.channel.close(promise: nil)
        }
        connection.loop.run()
    }

    /// Every address has all of its room.
    private static func expectUnused(_ limits: ConnectionLimits) {
        for _ in 0..<256 { #expect(limits.connect(IPAddress("127.0.0.1")) == nil) }
        #expect(limits.connect(IPAddress("127.0.0.1")) == .tooManyWithoutRequest)
    }
}
