// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushCore
package import PushProtocol

/// `is_on_line`: whether a user, or one of some, has a terminal here.
package struct IsOnline: Means {
    package let names = ["is_on_line", "isOnLine"]

    package init() {}

    package func perform(
        _ request: MeansRequest, reply: @escaping (DatagramReply) -> Void
    ) throws(FrameError) {
        guard let recipients = try request.recipients("to_uid", atMost: ClientFrame.maximumRecipients) else {
            throw .malformed("to_uid is missing")
        }
        var isOnline = false
        recipients.forEach { isOnline = request.hub.isOnline($0) || isOnline }
        reply(DatagramReply(isOnline: isOnline))
    }
}
