// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushClient
import PushTesting
import Testing

/// A server that reads nothing, while more waits than the socket takes.
@Suite struct ChatFrozenServerTests {
    /// More than the kernel takes of a connection whose peer does not read.
    private static let much = String(repeating: "x", count: 24 << 20)

    @Test(.timeLimit(.minutes(1))) func callsEndInTimeAndWhatHasNoRoomIsRefused() async throws {
        try await PushServerProcess.with { server in
            var options = PushServerProcess.options
            options.requestTimeout = .milliseconds(200)
            let client = try server.chat(token: try await server.token(for: "bob"), options: options)
            try await client.connect()
            try await server.freeze()
            await #expect { try await client.send(json: Self.much, to: ["alice"]) } throws: {
                ($0 as? PushClientError)?.code == .timeout
            }
            await #expect { try await client.unread() } throws: { ($0 as? PushClientError)?.code == .connection }
            #expect(await client.state == .connected)
            await client.disconnect()
            try await server.thaw()
        }
    }

    @Test(.timeLimit(.minutes(1))) func itIsGivenUpAllTheSame() async throws {
        try await PushServerProcess.with { server in
            var options = PushServerProcess.options
            options.maximumMessageBytes = 64 << 20
            options.activityTimeout = .seconds(1)
            options.pongTimeout = .milliseconds(300)
            let client = try server.chat(token: try await server.token(for: "bob"), options: options)
            try await client.connect()
            try await server.freeze()
            let call = Task { try await client.send(json: Self.much, to: ["alice"]) }
            for try await case .waiting(let error, _) in await client.states() {
                #expect(error.code == .timeout)
                break
            }
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
            try await server.thaw()
            #expect(try await client.unread() == [:])
            await client.disconnect()
        }
    }
}
