// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import Testing

@testable import PushCore

struct ArchivePolicyTests {
    @Test(
        "Each mode keeps what it is named for",
        arguments: [
            (ArchivePolicy.off, online: false, offline: false), (.all, true, true), (.unread, false, true),
        ])
    func keeps(policy: ArchivePolicy, online: Bool, offline: Bool) {
        #expect(policy.keeps(isOnline: true) == online)
        #expect(policy.keeps(isOnline: false) == offline)
    }

    @Test(
        "A row costs its content and something for itself, as the reservation before it says",
        arguments: [0, 1, 65_536])
    func cost(bytes: Int) {
        let row = ArchiveRow(
            id: MessageID(rawValue: 1), uid: "a", toUID: "b", type: "chat",
            content: ByteBuffer(repeating: 0x31, count: bytes), isDelivered: false, time: 0
        )
        #expect(row.cost == ArchiveRow.cost(content: bytes))
        #expect(row.cost > bytes + 100)
    }
}
