// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushClient

/// Shows what was said to a peer, says something, and prints what comes.
enum Chat {
    static func run(url: String, token: String, peer: String, text: String?) async throws {
        try await ChatClient(url: url, accessToken: token).whileConnected { client in
            let history = try await client.history(with: peer, limit: 10)
            for message in history.messages.reversed() {
                print("\(message.sender): \(message.text ?? message.content)")
            }
            if let newest = history.messages.first { try await client.markRead(from: peer, upTo: newest.id) }
            if let text {
                let receipt = try await client.send(text, to: peer)
                print("safe as \(receipt.id)\(receipt.isOnline ? "" : ", \(peer) is offline")")
            }
            for try await event in client.events {
                switch event {
                case .message(let message):
                    print("\(message.sender)\(message.isLive ? "" : ", earlier"): \(message.text ?? message.content)")
                case .typing(let user): print("\(user) types")
                case .read(let user, let id): print("\(user) has read up to \(id)")
                case .historyDelayed, .other: break
                }
            }
        }
    }
}
