// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import Logging
internal import NIOCore
internal import PushProtocol

/// What a route knows about the connection of its request.
struct ProxyContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The loop of the connection, which is one of the hub's.
    let loop: any EventLoop
    /// The peer.
    let address: IPAddress?

    init(source: ApplicationRequestContextSource) {
        self.coreContext = .init(source: source)
        self.loop = source.channel.eventLoop
        self.address = IPAddress(source.channel.remoteAddress)
    }
}
