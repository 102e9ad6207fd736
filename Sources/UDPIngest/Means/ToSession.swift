// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
package import PushProtocol

/// `to_fd`: to one session of this node; not archived.
package struct ToSession: Means {
    package let names = ["to_fd"]

    package init() {}

    package func perform(
        _ request: MeansRequest, reply: @escaping (DatagramReply) -> Void
    ) throws(FrameError) {
        let frame = try request.volatileFrame()
        guard let session = try request.sessions("to_fd", atMost: 1)?.first else {
            throw .malformed("to_fd is missing")
        }
        request.deliver(frame, to: [session], reply: reply)
    }
}

/// `to_fd_all`: to some sessions of this node, or to all of them; not archived.
package struct ToSessions: Means {
    /// The most sessions that a command may name.
    static let maximumSessions = 1000

    package let names = ["to_fd_all"]

    package init() {}

    package func perform(
        _ request: MeansRequest, reply: @escaping (DatagramReply) -> Void
    ) throws(FrameError) {
        let frame = try request.volatileFrame()
        if let sessions = try request.sessions("fd_all", atMost: Self.maximumSessions) {
            return request.deliver(frame, to: sessions, reply: reply)
        }
        request.hub.broadcast(frame, from: request.shard)
        reply(DatagramReply(isOnline: request.hub.hasSessions))
    }
}

extension MeansRequest {
    /// The frame of a message that is not kept.
    fileprivate func volatileFrame() throws(FrameError) -> ByteBuffer {
        let body = try self.body()
        let sender = try self.uid("uid")
        let time = try self.time()
        let id = self.hub.nextID(on: self.shard)
        return MessageFrame(
            id: id, sender: sender ?? UserID.system, recipient: nil, time: time ?? self.shard.now.seconds, state: 1,
            body: body
        ).frame
    }

    /// Hands a frame to sessions, and replies when it is known whether one of them is there.
    fileprivate func deliver(_ frame: ByteBuffer, to sessions: [SessionID], reply: @escaping (DatagramReply) -> Void) {
        let loop = self.shard.loop
        let once = NIOLoopBound(reply, eventLoop: loop)
        let deliveries = sessions.map { self.hub.deliver(frame, to: $0, from: self.shard) }
        EventLoopFuture.whenAllSucceed(deliveries, on: loop).whenSuccess { found in
            once.value(DatagramReply(isOnline: found.contains(true)))
        }
    }
}
