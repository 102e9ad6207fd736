// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushClient

/// Joins a presence channel as a user, greets whoever comes, and prints who is there.
enum Presence {
    static func run(
        url: String, id: String, key: String, secret: String, channel: String, user: String
    ) async throws {
        let app = AppCredentials(id: id, key: key, secret: secret)
        let authorizer = try AppAuthorizer(app: app, userID: user, userInfo: ["name": user])
        try await ChannelsClient(url: url, key: key, authorizer: authorizer).whileConnected { client in
            let room = try await client.subscribe(to: channel)
            print("here: \(room.members.keys.sorted())")
            for try await event in room {
                switch event {
                case .memberAdded(let member):
                    print("\(member.id) came")
                    try await room.trigger("client-hello", json: ["to": member.id])
                case .memberRemoved(let member): print("\(member.id) went")
                case .message(let message): print("\(message.userID ?? "a backend"): \(message.name) \(message.data)")
                case .resubscribed: print("here again: \(room.members.keys.sorted())")
                case .subscriptionCount, .cacheMiss: break
                }
            }
        }
    }
}
