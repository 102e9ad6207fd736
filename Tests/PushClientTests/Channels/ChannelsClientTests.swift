// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushClient
import PushTesting
import Testing

/// The client of channels and the HTTP API, with the server itself.
@Suite struct ChannelsClientTests {
    @Test func eventsOfABackendArrive() async throws {
        try await PushServerProcess.with { server in
            try await server.channels().whileConnected { client in
                let room = try await client.subscribe(to: "room")
                let api = try server.api()
                try await api.trigger("news", on: "room", json: ["a": "é\"/"])
                try await api.trigger("text", on: ["room", "other"], data: "not JSON")
                try await api.trigger("own", on: ["room"], data: "1", excluding: client.socketID)
                try await api.trigger(batch: [
                    BatchEvent("b1", on: "room", data: "1"), BatchEvent("b2", on: "room", data: "2"),
                ])
                // The first thing is how many there are.
                #expect(try await room.next() == .subscriptionCount(1))
                let news = try #require(try await room.nextMessage())
                #expect(news.name == "news")
                #expect(try news.decode([String: String].self) == ["a": "é\"/"])
                #expect(try await room.nextMessage()?.data == "not JSON")
                #expect(try await room.nextMessage()?.name == "b1")
                #expect(try await room.nextMessage()?.name == "b2")
            }
        }
    }

    @Test func aBackendAsksAboutChannels() async throws {
        try await PushServerProcess.with { server in
            try await server.channels("alice").whileConnected { client in
                let room = try await client.subscribe(to: "presence-room;@1")
                let kept = try await client.subscribe(to: "cache-room")
                let api = try server.api()
                let told = try await api.trigger(
                    "e", on: ["presence-room;@1", "cache-room"], data: "x", info: [.userCount, .subscriptionCount])
                #expect(told["presence-room;@1"]?.userCount == 1)
                #expect(told["cache-room"]?.subscriptionCount == 1)
                #expect(Set(try await api.channels().keys) == ["presence-room;@1", "cache-room"])
                let presence = try await api.channels(prefix: "presence-", info: .userCount)
                #expect(presence.mapValues(\.userCount) == ["presence-room;@1": 1])
                let cache = try await api.channel("cache-room", info: [.cache, .subscriptionCount])
                #expect(cache.isOccupied == true)
                #expect(cache.cachedData == "x")
                #expect(try #require(cache.cacheSeconds) > 0)
                #expect(try await api.channel("nobody").isOccupied == false)
                #expect(try await api.users(of: "presence-room;@1") == ["alice"])
                await #expect { try await api.users(of: "room") } throws: {
                    let error = $0 as? PushClientError
                    return error?.code == .refused && error?.status == 400
                }
                _ = (room, kept)
            }
        }
    }

    @Test func aWrongSecretIsRefused() async throws {
        try await PushServerProcess.with { server in
            let app = AppCredentials(
                id: PushServerProcess.appID, key: PushServerProcess.appKey, secret: "wrong-secret-000")
            let api = try ChannelsAPI(url: "http://127.0.0.1:\(server.httpPort)", app: app)
            await #expect { try await api.channels() } throws: { ($0 as? PushClientError)?.status == 401 }
            let client = try ChannelsClient(
                url: server.webSocketURL, key: PushServerProcess.appKey,
                authorizer: AppAuthorizer(app: app, userID: "u"))
            try await client.whileConnected { client in
                await #expect { try await client.subscribe(to: "private-a") } throws: {
                    ($0 as? PushClientError)?.status == 401
                }
                await #expect { try await client.signIn() } throws: { ($0 as? PushClientError)?.code == .refused }
                _ = try await client.subscribe(to: "public")
            }
        }
    }

    @Test func anUnknownKeyIsRefusedForGood() async throws {
        try await PushServerProcess.with { server in
            let client = try ChannelsClient(url: server.webSocketURL, key: "unknown")
            await #expect { try await client.connect() } throws: {
                let error = $0 as? PushClientError
                return error?.code == .refused && error?.status == 4001
            }
            guard case .refused(let error) = await client.state else {
                Issue.record("the state is \(await client.state)")
                return
            }
            #expect(error.status == 4001)
        }
    }

    @Test func whereThereIsNoServerTheFirstAttemptFails() async throws {
        let client = try ChannelsClient(url: "ws://127.0.0.1:1", key: "k")
        await #expect { try await client.connect() } throws: { ($0 as? PushClientError)?.code == .connection }
        #expect(await client.state == .disconnected)
        await #expect { try await client.subscribe(to: "a") } throws: { ($0 as? PushClientError)?.code == .closed }
    }

    @Test func membersComeAndGo() async throws {
        try await PushServerProcess.with { server in
            try await server.channels("alice").whileConnected { alice in
                let room = try await alice.subscribe(to: "presence-room")
                #expect(room.me?.id == "alice")
                #expect(try room.me?.decode([String: String].self) == ["name": "ALICE"])
                let bob = try server.channels("bob")
                try await bob.connect()
                let bobs = try await bob.subscribe(to: "presence-room")
                #expect(Set(bobs.members.keys) == ["alice", "bob"])
                guard case .memberAdded(let added)? = try await room.next() else {
                    Issue.record("nobody was added")
                    return
                }
                #expect(added.id == "bob")
                #expect(room.members.count == 2)
                try await bobs.trigger("client-hi", json: ["n": 1])
                let message = try #require(try await room.nextMessage())
                #expect(message.name == "client-hi")
                #expect(message.userID == "bob")
                #expect(message.data == #"{"n":1}"#)
                await bob.disconnect()
                #expect(try await room.next() == .memberRemoved(added))
                #expect(room.members.keys.map { $0 } == ["alice"])
                #expect(try await bobs.next() == nil)
            }
        }
    }

    @Test func aUserIsReachedAndSentAway() async throws {
        try await PushServerProcess.with { server in
            let client = try server.channels("7")
            try await client.connect()
            #expect(try await client.signIn() == "7")
            let user = try await client.subscribeToUser()
            let api = try server.api()
            try await api.send("hello", to: "7", data: "{}")
            #expect(try await user.nextMessage()?.name == "hello")
            try await api.terminateConnections(of: "7")
            await #expect { try await user.next() } throws: { ($0 as? PushClientError)?.status == 4009 }
        }
    }

    @Test func subscriptionsToOneChannelAreIndependent() async throws {
        try await PushServerProcess.with { server in
            try await server.channels().whileConnected { client in
                let first = try await client.subscribe(to: "private-a")
                let second = try await client.subscribe(to: "private-a")
                let api = try server.api()
                try await api.trigger("one", on: ["private-a"], data: "1")
                #expect(try await first.nextMessage()?.name == "one")
                #expect(try await second.nextMessage()?.name == "one")
                await first.unsubscribe()
                #expect(try await first.next() == nil)
                try await api.trigger("two", on: ["private-a"], data: "2")
                #expect(try await second.nextMessage()?.name == "two")
                await second.unsubscribe()
                try await Eventually.holds("the channel is left") { try await api.channels().isEmpty }
            }
        }
    }

    @Test func lettingGoUnsubscribes() async throws {
        try await PushServerProcess.with { server in
            try await server.channels().whileConnected { client in
                let api = try server.api()
                do {
                    let gone = try await client.subscribe(to: "gone")
                    #expect(try await api.channels().keys.contains(gone.channel))
                }
                try await Eventually.holds("the channel is left") { try await api.channels().isEmpty }
            }
        }
    }

    @Test func aTokenGrantsChannels() async throws {
        try await PushServerProcess.with { server in
            let token = try await server.token(for: "carol", channels: ["private-{uid}", "presence-lobby"])
            try await server.channels(token: token).whileConnected { client in
                _ = try await client.subscribe(to: "private-carol")
                let lobby = try await client.subscribe(to: "presence-lobby")
                #expect(Array(lobby.members.keys) == ["carol"])
                await #expect { try await client.subscribe(to: "private-other") } throws: {
                    ($0 as? PushClientError)?.status == 401
                }
            }
            // The same by the server's own endpoint.
            let endpoint = "http://127.0.0.1:\(server.httpPort)/pusher"
            let authorizer = HTTPAuthorizer(
                channelEndpoint: "\(endpoint)/auth", userEndpoint: "\(endpoint)/user-auth",
                parameters: ["access_token": token])
            let client = try ChannelsClient(
                url: server.webSocketURL, key: PushServerProcess.appKey, authorizer: authorizer)
            try await client.whileConnected { client in
                #expect(try await client.signIn() == "carol")
                let lobby = try await client.subscribe(to: "presence-lobby")
                #expect(lobby.me?.id == "carol")
                await #expect { try await client.subscribe(to: "private-other") } throws: {
                    ($0 as? PushClientError)?.status == 403
                }
            }
        }
    }
}
