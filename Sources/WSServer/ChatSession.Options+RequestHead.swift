// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushCore
internal import PushProtocol

extension ChatSession.Options {
    /// The longest device token, in bytes.
    private static let maximumDeviceTokenBytes = 128

    /// What a chat client's handshake asks for (chat protocol, section 1).
    init(_ head: RequestHead) {
        let query = QueryItems(head.query)
        let deviceToken = query["token"].flatMap { token in
            1...Self.maximumDeviceTokenBytes ~= token.utf8.count ? token : nil
        }
        self.init(
            accessToken: query["access_token"] ?? head.bearerToken, deviceToken: deviceToken,
            wantsEcho: query["echo"] == "1",
            usesAcks: query["ack"] == "1", since: query["since"].flatMap { MessageID($0) }
        )
    }
}
