// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushTesting
import Synchronization
import Testing

@testable import PushClient

/// What was missed comes behind what is live: the server's archive was away.
@Suite struct ChatDelayTests {
    private static let login =
        #"{"type":"login","code":200,"data":{"uid":"bob","source":"app","token":"t","session":1}}"#

    private static func message(_ number: Int, isLive: Bool) -> String {
        let id = 1_000_000_000_000_000_000 + number
        return #"{"id":"\#(id)","uid":"alice","type":"chat","state":\#(isLive ? 1 : 0),"content":\#(number)}"#
    }

    @Test(.timeLimit(.minutes(1))) func nothingThatWasMissedIsLostBehindALiveMessage() async throws {
        // The terminal's cursor, as the server keeps it.
        let cursor = Mutex(0)
        try await ScriptedServer.with { connection, number in
            try await connection.send(Self.login)
            if number == 0 {
                try await connection.send(#"{"type":"history","code":503}"#)
                try await connection.send(Self.message(100, isLive: true))
            }
            let start = cursor.withLock { $0 }
            for missed in 1...10 where missed > start { try await connection.send(Self.message(missed, isLive: false)) }
            if number > 0, start < 100 { try await connection.send(Self.message(100, isLive: false)) }
            while let text = try await connection.receive() {
                guard let frame = JSONValue(text.utf8)?.object, frame["type"]?.string == "ack",
                    let id = frame["id"]?.identifier.flatMap(Int.init)
                else { continue }
                let reached = cursor.withLock { cursor in
                    cursor = max(cursor, id - 1_000_000_000_000_000_000)
                    return cursor
                }
                if reached == 100 { try await connection.send(#"{"type":"all"}"#) }
            }
        } _: { server in
            var options = PushServerProcess.options
            options.bufferedEvents = 4
            let client = try ChatClient(url: server.url, accessToken: "t", options: options)
            try await client.whileConnected { client in
                // Not all of it has room.
                try await Eventually.holds("messages are left out") { await client.inbox.isBehind }
                var taken: [String] = []
                for try await event in client.events {
                    if case .message(let message) = event { taken.append(message.content) }
                    if case .other(type: "all", json: _) = event { break }
                }
                #expect(taken.sorted { Int($0) ?? 0 < Int($1) ?? 0 } == (1...10).map(String.init) + ["100"])
            }
        }
    }
}
