// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushTesting
import Synchronization
import Testing

@testable import PushClient

/// Calls whose connection broke before they were answered.
@Suite struct ChatResendTests {
    private static let login =
        #"{"type":"login","code":200,"data":{"uid":"alice","source":"app","token":"t","session":1}}"#
    private static let count = 40

    @Test(.timeLimit(.minutes(1))) func theyAreSentAgainInOrderAndBeforeLaterOnes() async throws {
        let first = Mutex<[String]>([])
        try await ScriptedServer.with { connection, number in
            try await connection.send(Self.login)
            var names: [String] = []
            while names.count < (number == 0 ? Self.count : Self.count + 1), let text = try await connection.receive() {
                guard let name = JSONValue(text.utf8)?.object?["client_id"]?.string else { continue }
                names.append(name)
            }
            guard number > 0 else {
                first.withLock { $0 = names }
                return try await connection.channel.close()
            }
            let isInOrder = names == first.withLock { $0 } + ["last"]
            for name in names {
                try await connection.send(
                    #"{"type":"ack","code":200,"client_id":"\#(name)","id":"1","data":{"onLine":\#(isInOrder ? 1 : 0)}}"#
                )
            }
        } _: { server in
            let client = try ChatClient(url: server.url, accessToken: "t", options: PushServerProcess.options)
            try await client.connect()
            var states = await client.states().makeAsyncIterator()
            let calls = (0..<Self.count).map { number in
                Task { try await client.send(json: number, to: ["bob"], name: "n\(number)") }
            }
            while let state = try await states.next() { if case .waiting = state { break } }
            while let state = try await states.next(), state != .connected {}
            // What waits is only now sent again.
            let last = try await client.send(json: Self.count, to: ["bob"], name: "last")
            #expect(last.isOnline)
            for call in calls { #expect(try await call.value.isOnline) }
            await client.disconnect()
        }
    }
}
