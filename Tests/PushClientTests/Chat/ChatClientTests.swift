// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushClient
import PushTesting
import Testing

/// The client of the chat, with the server itself.
@Suite struct ChatClientTests {
    @Test func aMessageArrivesAndIsKept() async throws {
        try await PushServerProcess.with { server in
            try await server.chat("bob").whileConnected { bob in
                try await server.chat("alice").whileConnected { alice in
                    #expect(await alice.login?.uid == "alice")
                    let receipt = try await alice.send("hé\"llo", to: "bob")
                    #expect(receipt.isOnline)
                    #expect(receipt.isStored)
                    let message = try #require(try await bob.nextMessage())
                    #expect(message.id == receipt.id)
                    #expect(message.sender == "alice")
                    #expect(message.recipient == "bob")
                    #expect(message.text == "hé\"llo")
                    #expect(message.isLive)
                    #expect(try message.decode([String: String].self) == ["type": "text", "value": "hé\"llo"])
                    let history = try await bob.history(with: "alice")
                    #expect(history.messages.map(\.id) == [receipt.id])
                    #expect(!history.hasMore)
                }
            }
        }
    }

    @Test func unreadMessagesAreCountedAndMarked() async throws {
        try await PushServerProcess.with { server in
            try await server.chat("bob").whileConnected { bob in
                try await server.chat("alice").whileConnected { alice in
                    for number in 1...3 { try await alice.send(json: number, to: ["bob"]) }
                    #expect(try await bob.unread() == ["alice": 3])
                    #expect(try await bob.online(["alice", "nobody"]) == ["alice": true, "nobody": false])
                    let page = try await bob.history(with: "alice", limit: 2)
                    #expect(page.messages.map(\.content) == ["3", "2"])
                    #expect(page.hasMore)
                    let rest = try await bob.history(with: "alice", before: page.messages.last?.id)
                    #expect(rest.messages.map(\.content) == ["1"])
                    try await bob.markRead(from: "alice", upTo: page.messages[0].id)
                    #expect(try await bob.unread() == [:])
                    var events = alice.events.makeAsyncIterator()
                    #expect(try await events.next() == .read(by: "bob", upTo: page.messages[0].id))
                    try await bob.sendTyping(to: "alice")
                    #expect(try await events.next() == .typing("bob"))
                }
            }
        }
    }

    @Test func whatTheServerRefusesIsAnError() async throws {
        try await PushServerProcess.with { server in
            try await server.chat("alice").whileConnected { alice in
                await #expect { try await alice.send(json: 1, to: ["bob"], type: "login") } throws: {
                    let error = $0 as? PushClientError
                    return error?.code == .refused && error?.status == 400
                }
                await #expect { try await alice.send(json: 1, to: ["no uid"]) } throws: {
                    ($0 as? PushClientError)?.status == 400
                }
                await #expect { try await alice.send(json: 1, to: ["bob"], name: "") } throws: {
                    ($0 as? PushClientError)?.code == .malformed
                }
                await #expect {
                    for _ in 0..<200 { try await alice.send(json: 1, to: ["bob"]) }
                } throws: {
                    let error = $0 as? PushClientError
                    return error?.status == 429 && error?.retryAfter != nil
                }
            }
        }
    }

    @Test func oneNameIsOneMessage() async throws {
        try await PushServerProcess.with { server in
            try await server.chat("alice").whileConnected { alice in
                let first = try await alice.send(json: 1, to: ["bob"], name: "order-1")
                let second = try await alice.send(json: 1, to: ["bob"], name: "order-1")
                #expect(first.id == second.id)
                #expect(try await alice.history(with: "bob").messages.count == 1)
            }
        }
    }

    @Test func aWrongTokenIsRefusedForGood() async throws {
        try await PushServerProcess.with { server in
            let client = try ChatClient(url: server.webSocketURL, accessToken: "bm90LmEudG9rZW4")
            await #expect { try await client.connect() } throws: {
                let error = $0 as? PushClientError
                return error?.code == .refused && error?.status == 401
            }
            await #expect { try await client.unread() } throws: { ($0 as? PushClientError)?.code == .closed }
        }
    }

    @Test(.timeLimit(.minutes(1))) func whoCouldNotConnectAtFirstHearsEverythingLater() async throws {
        try await PushServerProcess.with { server in
            let bob = try await server.chat("bob")
            try await server.stop()
            await #expect { try await bob.connect() } throws: { ($0 as? PushClientError)?.code == .connection }
            #expect(await bob.state == .disconnected)
            try await server.start()
            try await server.freeze()
            let cancelled = Task { _ = try await bob.connect() }
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            try await server.thaw()
            try await bob.whileConnected { bob in
                try await server.chat("alice").whileConnected { alice in
                    _ = try await alice.send("hello", to: "bob")
                }
                #expect(try await bob.nextMessage()?.text == "hello")
            }
            #expect(try await bob.nextMessage() == nil)
            // That was for good.
            await #expect { try await bob.connect() } throws: { ($0 as? PushClientError)?.code == .closed }
        }
    }

    @Test func aTokenThatIsNoHeaderIsNotSent() async throws {
        let client = try ChatClient(url: "ws://127.0.0.1:1", accessToken: "a\r\nX: y")
        await #expect { try await client.connect() } throws: { ($0 as? PushClientError)?.code == .malformed }
    }

    @Test func anotherLoginTakesThePlace() async throws {
        try await PushServerProcess.with { server in
            let token = try await server.token(for: "alice")
            let first = try server.chat(token: token)
            try await first.connect()
            let second = try server.chat(token: token)
            try await second.connect()
            await #expect { try await first.nextMessage() } throws: { ($0 as? PushClientError)?.status == 441 }
            guard case .refused = await first.state else {
                Issue.record("the state is \(await first.state)")
                return
            }
            await second.disconnect()
            #expect(try await second.nextMessage() == nil)
        }
    }
}
