// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import NIOCore
import PushTesting
import Synchronization
import Testing

@Suite("A listening port", .timeLimit(.minutes(1)))
struct PushListenerTests {
    @Test("connections go to all loops in turn")
    func spread() async throws {
        let loops = Mutex<[ObjectIdentifier: Int]>([:])
        let routes = ConnectionRoutes { connection in
            let channel = connection.channel
            loops.withLock { $0[ObjectIdentifier(channel.eventLoop), default: 0] += 1 }
            channel.close(promise: nil)
        }
        try await RunningListener.run(loops: 4, routes: routes) { server in
            for _ in 0..<40 {
                let client = try await RawClient.connect(to: server.address)
                try await client.send(Requests.plain)
                _ = try await client.receiveToEnd()
                await client.close()
            }
        }
        #expect(loops.withLock { Array($0.values) } == [10, 10, 10, 10])
    }

    @Test("an answer reaches a peer that goes on sending, and is not lost in a reset")
    func refusalArrives() async throws {
        try await RunningListener.run(routes: RouteRecorder().routes) { server in
            let client = try await RawClient.connect(to: server.address)
            // A hundred times the limit, sent without a pause.
            for _ in 0..<16 { client.post(Array(String(repeating: "A", count: 100_000).utf8)) }
            let answer = String(decoding: try await client.receiveToEnd(), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 431 "))
            await client.close()
        }
    }

    @Test("a port that is taken is refused with its host and port")
    func portTaken() async throws {
        try await RunningListener.run(routes: RouteRecorder().routes) { server in
            let port = try #require(server.address.port)
            let error = await #expect(throws: BindError.self) {
                try await RunningListener.run(
                    configuration: .init(host: "127.0.0.1", port: port), routes: RouteRecorder().routes
                ) { _ in }
            }
            #expect(error?.description.hasPrefix("cannot listen on 127.0.0.1:\(port): ") == true)
        }
    }

    @Test("further ports of the address are no different, and end with it")
    func extraPorts() async throws {
        let accepted = Mutex(0)
        let routes = ConnectionRoutes { connection in
            accepted.withLock { $0 += 1 }
            connection.channel.close(promise: nil)
        }
        let configuration = ListenerConfiguration(host: "127.0.0.1", port: 0, extraPorts: [0, 0])
        try await RunningListener.run(configuration: configuration, routes: routes) { server in
            let addresses = [server.address] + server.listener.extraAddresses
            #expect(Set(addresses.map(\.port)).count == 3)
            for address in addresses {
                let client = try await RawClient.connect(to: address)
                try await client.send(Requests.plain)
                _ = try await client.receiveToEnd()
                await client.close()
            }
            #expect(accepted.withLock { $0 } == 3)
            await server.listener.close()
            for address in addresses {
                await #expect(throws: (any Error).self) { try await RawClient.connect(to: address) }
            }
        }
    }

    @Test("a further port that is taken is refused with its host and port")
    func extraPortTaken() async throws {
        try await RunningListener.run(routes: RouteRecorder().routes) { server in
            let port = try #require(server.address.port)
            let error = await #expect(throws: BindError.self) {
                try await RunningListener.run(
                    configuration: .init(host: "127.0.0.1", port: 0, extraPorts: [0, port]),
                    routes: RouteRecorder().routes
                ) { _ in }
            }
            #expect(error?.description.hasPrefix("cannot listen on 127.0.0.1:\(port): ") == true)
        }
    }

    @Test("after the close nobody comes, and who is there stays")
    func close() async throws {
        let routes = RouteRecorder()
        try await RunningListener.run(routes: routes.routes) { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send(Requests.handshake())
            let accepted = Requests.accepted.utf8.count
            _ = try await client.receive { $0.count >= accepted ? accepted : nil }
            await server.listener.close()
            await #expect(throws: (any Error).self) { try await RawClient.connect(to: server.address) }
            #expect(server.limits.open == 1)
            try await client.send("still here")
            try await client.finishSending()
            _ = try await client.receiveToEnd()
        }
        #expect(routes.receivedText == "still here")
    }
}
