// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushClient

/// Prints what comes on some channels, and what becomes of the connection.
enum Watch {
    static func run(url: String, key: String, channels: [String]) async throws {
        let client = try ChannelsClient(url: url, key: key)
        try await client.whileConnected { client in
            try await withThrowingTaskGroup { group in
                let states = await client.states()
                group.addTask { for try await state in states { print("connection: \(state)") } }
                for channel in channels {
                    let subscription = try await client.subscribe(to: channel)
                    group.addTask { for try await event in subscription { print("\(channel): \(event)") } }
                }
                try await group.waitForAll()
            }
        }
    }
}
