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
    /// Whose the request is. Each request of a connection by itself: a proxy sends those of many clients over one.
    let client: ClientAddress

    /// What a context is made from.
    struct Source: RequestContextSource {
        let channel: any Channel
        let logger: Logger
        let client: ClientAddress
    }

    init(source: Source) {
        self.coreContext = .init(source: source)
        self.loop = source.channel.eventLoop
        self.client = source.client
    }
}
