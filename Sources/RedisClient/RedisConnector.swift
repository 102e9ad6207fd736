// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import NIOPosix

/// Opens channels to Redis.
///
/// Of its own so that a test can put other channels in place of sockets.
package struct RedisConnector: Sendable {
    /// A connected channel on the event loop, with an empty pipeline.
    package let connect: @Sendable (RedisConfiguration, any EventLoop) -> EventLoopFuture<any Channel>

    /// A connector that opens channels in its own way.
    package init(connect: @escaping @Sendable (RedisConfiguration, any EventLoop) -> EventLoopFuture<any Channel>) {
        self.connect = connect
    }

    /// TCP, with keep-alive so that a peer that vanished is noticed even when nothing is sent.
    package static let tcp = RedisConnector { configuration, eventLoop in
        ClientBootstrap(group: eventLoop)
            .connectTimeout(configuration.connectTimeout)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .connect(host: configuration.host, port: configuration.port)
    }
}
