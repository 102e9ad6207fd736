// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushCore
package import PushProtocol

/// `to_uid_all`: to many users, or to everyone who is online; one frame serves all of them.
package struct ToUsers: Means {
    /// The most users that a command may name.
    static let maximumUsers = 1000

    package let names = ["to_uid_all", "toAll"]

    package init() {}

    package func perform(
        _ request: MeansRequest, reply: @escaping (DatagramReply) -> Void
    ) throws(FrameError) {
        let body = try request.body()
        let sender = try request.uid("uid")
        let time = try request.time()
        let recipients =
            try request.recipients("uid_all", atMost: Self.maximumUsers)
            ?? .many(request.hub.topics.names(of: .user))
        request.send(body, to: recipients, sender: sender, time: time, isSharedFrame: true, reply: reply)
    }
}
