// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushClient
import PushTesting
import Testing

/// What becomes of a client whose server goes.
@Suite struct ChannelsReconnectionTests {
    @Test(arguments: [true, false]) func everythingIsRenewedAfterTheServerWasGone(_ isCrash: Bool) async throws {
        try await PushServerProcess.with { server in
            try await server.channels("alice").whileConnected { client in
                try await client.signIn()
                let room = try await client.subscribe(to: "presence-room")
                let user = try await client.subscribeToUser()
                let publicRoom = try await client.subscribe(to: "room")
                var states = await client.states().makeAsyncIterator()
                let first = await client.socketID
                #expect(try await states.next() == .connected)
                if isCrash { try await server.kill() } else { try await server.stop() }
                guard case .waiting? = try await states.next() else {
                    Issue.record("the client does not wait")
                    return
                }
                try await server.start()
                for subscription in [room, user, publicRoom] {
                    for try await case .resubscribed in subscription { break }
                }
                #expect(await client.state == .connected)
                #expect(await client.socketID != first)
                #expect(Array(room.members.keys) == ["alice"])
                let api = try server.api()
                try await api.send("hello", to: "alice", data: "1")
                try await api.trigger("news", on: ["room"], data: "2")
                #expect(try await user.nextMessage()?.name == "hello")
                #expect(try await publicRoom.nextMessage()?.name == "news")
            }
        }
    }

    @Test func aServerThatHangsIsGivenUp() async throws {
        try await PushServerProcess.with { server in
            var options = PushServerProcess.options
            options.activityTimeout = .seconds(1)
            options.pongTimeout = .milliseconds(300)
            let client = try ChannelsClient(
                url: server.webSocketURL, key: PushServerProcess.appKey, options: options)
            try await client.whileConnected { client in
                let room = try await client.subscribe(to: "room")
                try await server.freeze()
                var states = await client.states().makeAsyncIterator()
                while let state = try await states.next() {
                    if case .waiting(let error, _) = state {
                        #expect(error.code == .timeout)
                        break
                    }
                }
                try await server.thaw()
                for try await case .resubscribed in room { break }
            }
        }
    }

    @Test func aCancelledCallLeavesNothingBehind() async throws {
        try await PushServerProcess.with { server in
            try await server.channels().whileConnected { client in
                try await server.freeze()
                let subscribing = Task { _ = try await client.subscribe(to: "room") }
                subscribing.cancel()
                await #expect(throws: CancellationError.self) { try await subscribing.value }
                try await server.thaw()
                let api = try server.api()
                try await Eventually.holds("the channel is left") { try await api.channels().isEmpty }
            }
        }
    }

    @Test func leavingAndComingBackKeepTheirOrder() async throws {
        try await PushServerProcess.with { server in
            try await server.channels().whileConnected { client in
                for _ in 0..<30 {
                    let leaving = try await client.subscribe(to: "room")
                    async let left: Void = leaving.unsubscribe()
                    let room = try await client.subscribe(to: "room")
                    await left
                    try await server.api().trigger("e", on: ["room"], data: "x")
                    let message = try await room.nextMessage()
                    #expect(message?.data == "x")
                    await room.unsubscribe()
                }
            }
        }
    }

    @Test func whoSubscribesBesideACancelledCallIsServed() async throws {
        try await PushServerProcess.with { server in
            try await server.channels().whileConnected { client in
                try await server.freeze()
                let cancelled = Task { _ = try await client.subscribe(to: "private-room") }
                let other = Task { try await client.subscribe(to: "private-room") }
                cancelled.cancel()
                await #expect(throws: CancellationError.self) { try await cancelled.value }
                try await server.thaw()
                let room = try await other.value
                try await server.api().trigger("e", on: ["private-room"], data: "x")
                #expect(try await room.nextMessage()?.data == "x")
            }
        }
    }

    @Test func aClientThatWasDisconnectedConnectsAgain() async throws {
        try await PushServerProcess.with { server in
            let client = try server.channels()
            for _ in 0..<3 {
                try await client.connect()
                let room = try await client.subscribe(to: "room")
                await client.disconnect()
                #expect(await client.state == .disconnected)
                for try await _ in room {}
            }
        }
    }
}
