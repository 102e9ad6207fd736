// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushProtocol

/// How the chat's messages reach those of its users who use channels: on `#server-to-user-{uid}` of the chat's app.
extension Hub {
    /// Whether somebody subscribes to the channel of a user of the chat.
    func hasUserChannel(_ uid: String) -> Bool {
        guard self.hasUserChannels, let app = self.apps.chat, let channel = ChannelName.serverToUser(uid) else {
            return false
        }
        return self.topics.loops(of: app.topic(of: channel)) != nil
    }

    /// Sends a message to the channel of its recipient: an event named by its type, with the message as the chat's
    /// clients see it.
    func publish(_ message: MessageFrame, type: String, toChannelOf uid: String, from shard: Shard) {
        guard self.hasUserChannels, let app = self.apps.chat, let channel = ChannelName.serverToUser(uid),
            let loops = self.topics.loops(of: app.topic(of: channel))
        else { return }
        let frame = PusherServerFrame.event(
            name: type, channel: channel.text, message: WebSocketFrame.payload(of: message.frame)
        )
        self.publish(frame, holding: nil, to: app.topic(of: channel), on: loops, from: shard)
    }
}
