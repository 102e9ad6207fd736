// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushProtocol

/// A message as the archive keeps it: one row for each recipient.
package struct ArchiveRow: Sendable {
    package var id: MessageID
    package var uid: String
    package var toUID: String
    package var type: String
    /// The content's JSON, byte for byte as it was sent.
    package var content: ByteBuffer
    /// Whether a terminal of the recipient was there when the message was routed.
    package var isDelivered: Bool
    /// Seconds since 1970.
    package var time: Int64
    /// Settled when this row is safe; on the last row of a message, so that then all of them are.
    package var receipt: Receipt?

    package init(
        id: MessageID, uid: String, toUID: String, type: String, content: ByteBuffer, isDelivered: Bool, time: Int64,
        receipt: Receipt? = nil
    ) {
        self.id = id
        self.uid = uid
        self.toUID = toUID
        self.type = type
        self.content = content
        self.isDelivered = isDelivered
        self.time = time
        self.receipt = receipt
    }

    /// What a row costs in memory beside its content, about: the row, and the rest of the frame that the content is part of.
    private static let overhead = 320

    /// The bytes that the row counts for in the queue.
    package var cost: Int { Self.cost(content: self.content.readableBytes) }

    /// The bytes that a row with so much content counts for.
    package static func cost(content: Int) -> Int { self.overhead + content }
}
