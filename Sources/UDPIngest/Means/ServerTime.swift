// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
package import PushProtocol

/// `server_time`: what an application's own command looks like. It answers with the server's clock in milliseconds, by
/// which a backend can see how far its own is off.
///
///     {"sk":"…","means":"server_time"}   →   {"onLine":0,"code":200,"time":1795210310361}
package struct ServerTime: Means {
    package let names = ["server_time"]

    package init() {}

    package func perform(
        _ request: MeansRequest, reply: @escaping (DatagramReply) -> Void
    ) throws(FrameError) {
        var time = ByteBuffer()
        time.writeDecimal(request.shard.now.milliseconds)
        reply(DatagramReply(isOnline: false, result: ("time", time)))
    }
}
