// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
package import PushCore
package import PushProtocol

extension ArchiveRow {
    /// A kept message of a test; its id counts from 2020 on.
    package init(
        test ordinal: UInt64, from uid: String = "alice", to toUID: String = "bob", type: String = "chat",
        content: String = #"{"type":"text","value":"hi"}"#, isDelivered: Bool = false, time: Int64 = 1_599_877_568
    ) {
        self.init(
            id: .test(ordinal), uid: uid, toUID: toUID, type: type, content: ByteBuffer(string: content),
            isDelivered: isDelivered, time: time
        )
    }
}

extension MessageID {
    /// The id of a kept message of a test.
    package static func test(_ ordinal: UInt64) -> MessageID {
        MessageID(rawValue: 1_577_836_800_000 << 20 + ordinal)
    }
}
