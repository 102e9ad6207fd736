// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushClient
import PushTesting
import Testing

/// What was missed, and what comes again.
@Suite struct ChatReplayTests {
    @Test func whatWasMissedFollowsUntilALoopIsDoneWithIt() async throws {
        // A message that is younger may come again.
        try await PushServerProcess.with(settings: ["ARCHIVE_SETTLE": "0s"]) { server in
            let token = try await server.token(for: "bob")
            try await server.chat("alice").whileConnected { alice in
                for number in 1...3 { try await alice.send(json: number, to: ["bob"]) }
            }
            let first = try server.chat(token: token)
            try await first.connect()
            var events = first.events.makeAsyncIterator()
            var taken: [ChatMessage] = []
            for _ in 1...3 {
                guard case .message(let message)? = try await events.next() else { break }
                taken.append(message)
            }
            #expect(taken.map(\.content) == ["1", "2", "3"])
            #expect(taken.allSatisfy { !$0.isLive })
            // The third is not done with: nobody has asked for what follows.
            let device = await first.login?.deviceToken
            await first.disconnect()
            let second = try server.chat(token: token, deviceToken: device)
            try await second.whileConnected { second in
                let again = try await second.nextMessage()
                #expect(again?.content == "3")
            }
        }
    }

    @Test func aCrashOfTheServerLosesAndDoublesNothing() async throws {
        try await PushServerProcess.with { server in
            try await server.chat("bob").whileConnected { bob in
                try await server.chat("alice").whileConnected { alice in
                    var events = bob.events.makeAsyncIterator()
                    var taken: [String] = []
                    func take(_ count: Int) async throws {
                        while taken.count < count, let event = try await events.next() {
                            if case .message(let message) = event { taken.append(message.content) }
                        }
                    }
                    for number in 1...5 { try await alice.send(json: number, to: ["bob"]) }
                    try await take(2)
                    try await server.kill()
                    // Waits for the server, which comes back meanwhile.
                    async let receipt = alice.send(json: 6, to: ["bob"])
                    try await server.start()
                    _ = try await receipt
                    try await take(6)
                    try await alice.send(json: 7, to: ["bob"])
                    try await take(7)
                    #expect(taken == ["1", "2", "3", "4", "5", "6", "7"])
                    #expect(try await alice.history(with: "bob").messages.count == 7)
                }
            }
        }
    }

    @Test func aLoopThatIsBehindGetsEverythingAfterAll() async throws {
        try await PushServerProcess.with { server in
            var options = PushServerProcess.options
            options.bufferedEvents = 4
            let bob = try server.chat(token: try await server.token(for: "bob"), options: options)
            try await bob.whileConnected { bob in
                try await server.chat("alice").whileConnected { alice in
                    for number in 1...20 { try await alice.send(json: number, to: ["bob"]) }
                    // Answered while the loop is behind.
                    #expect(try await bob.unread() == ["alice": 20])
                    var taken: [String] = []
                    for try await case .message(let message) in bob.events {
                        taken.append(message.content)
                        if taken.count == 20 { break }
                    }
                    #expect(taken == (1...20).map(String.init))
                }
            }
        }
    }

    @Test func aCallThatTheServerDoesNotAnswerTimesOut() async throws {
        try await PushServerProcess.with { server in
            var options = PushServerProcess.options
            options.requestTimeout = .milliseconds(100)
            let client = try server.chat(token: try await server.token(for: "bob"), options: options)
            try await client.whileConnected { client in
                try await server.freeze()
                await #expect { try await client.unread() } throws: { ($0 as? PushClientError)?.code == .timeout }
                try await server.thaw()
            }
        }
    }
}
