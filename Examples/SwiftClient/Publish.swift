// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushClient

/// Sends an event as a backend does, and prints who listens.
enum Publish {
    static func run(
        url: String, id: String, key: String, secret: String, channel: String, event: String, data: String
    ) async throws {
        let api = try ChannelsAPI(url: url, app: AppCredentials(id: id, key: key, secret: secret))
        try await api.trigger(event, on: [channel], data: data)
        print("occupied channels: \(try await api.channels().keys.sorted())")
    }
}
