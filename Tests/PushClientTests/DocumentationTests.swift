// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushClient
import PushTesting
import Testing

/// What docs/client-swift.md shows, as it is shown there.
@Suite struct DocumentationTests {
    private struct Order: Codable, Equatable {
        let id: Int
    }

    private let app = PushServerProcess.app

    @Test func eventsAreSent() async throws {
        try await PushServerProcess.with { server in
            let socketID = "1.2"
            let api = try ChannelsAPI(url: "http://127.0.0.1:\(server.httpPort)", app: app)

            try await api.trigger("price", on: "quotes", json: ["EUR": 1.17])
            try await api.trigger("price", on: ["quotes", "news"], data: "as it is", excluding: socketID)
            try await api.trigger(batch: [
                BatchEvent("a", on: "quotes", data: "1"), BatchEvent("b", on: "news", data: "2"),
            ])
            try await api.send("hello", to: "user-7", data: "{}")

            let rooms = try await api.channels(prefix: "presence-", info: .userCount)
            let quotes = try await api.channel("quotes", info: .subscriptionCount)
            let users = try await api.users(of: "presence-room")
            try await api.terminateConnections(of: "user-7")

            #expect(rooms.isEmpty && users.isEmpty)
            #expect(quotes.isOccupied == false && quotes.subscriptionCount == 0)
        }
    }

    @Test func channelsAreHeard() async throws {
        try await PushServerProcess.with { server in
            let authorizer = try AppAuthorizer(app: app, userID: "7", userInfo: ["name": "Ann"])
            let client = try ChannelsClient(
                url: server.webSocketURL, key: PushServerProcess.appKey, authorizer: authorizer)

            let heard = try await client.whileConnected { client in
                let room = try await client.subscribe(to: "presence-room")
                try await room.trigger("client-hello", json: ["n": 1])
                try await server.api().trigger("news", on: "presence-room", json: ["n": 2])
                for try await event in room {
                    switch event {
                    case .message(let message): return message.data
                    case .memberAdded, .memberRemoved, .resubscribed, .cacheMiss, .subscriptionCount: break
                    }
                }
                return ""
            }
            #expect(heard == #"{"n":2}"#)
        }
    }

    @Test func aChatGoesOn() async throws {
        try await PushServerProcess.with { server in
            let token = try await server.token(for: "alice")
            let bob = try await server.chat("bob")
            try await bob.connect()
            try await bob.send("hello alice", to: "alice")

            let client = try ChatClient(url: server.webSocketURL, accessToken: token)
            try await client.whileConnected { client in
                let receipt = try await client.send("hello", to: "bob")
                try await client.send(json: Order(id: 7), to: ["bob", "carol"], type: "order", name: "order-7")
                let page = try await client.history(with: "bob", limit: 20)
                let counts = try await client.unread()
                try await client.markRead(from: "bob", upTo: page.messages[0].id)
                #expect(receipt.isOnline)
                #expect(counts == ["bob": 1])
                #expect(try page.messages[0].decode(Order.self) == Order(id: 7))

                for try await event in client.events {
                    switch event {
                    case .message(let message):
                        #expect(message.text == "hello alice")
                        return
                    case .typing, .read, .historyDelayed, .other: break
                    }
                }
            }
            await bob.disconnect()
        }
    }
}
