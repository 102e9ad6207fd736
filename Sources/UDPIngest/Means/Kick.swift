// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
package import PushProtocol

/// `kick`: ends the sessions of a user, or of one of their terminals.
package struct Kick: Means {
    package let names = ["kick"]

    package init() {}

    package func perform(
        _ request: MeansRequest, reply: @escaping (DatagramReply) -> Void
    ) throws(FrameError) {
        guard let uid = try request.uid("uid") else { throw .malformed("uid is missing") }
        let source = try request.string("source")
        let message = try request.string("message")
        let closed = request.hub.kick(uid, source: source, message: message, from: request.shard)
        var count = ByteBuffer()
        count.writeDecimal(Int64(closed))
        reply(DatagramReply(isOnline: closed > 0, result: ("closed", count)))
    }
}
