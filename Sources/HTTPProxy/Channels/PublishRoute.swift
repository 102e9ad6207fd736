// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import Listener
package import NIOCore
package import PushCore
package import PushProtocol

/// Decides by its first request whether a connection of plain HTTP is a backend's that publishes.
package struct PublishRoute: Sendable {
    private let hub: Hub
    private let clock: any ServerClock
    private let configuration: HTTPProxyConfiguration
    private let service: HTTPService
    private let lookup: AppLookup?

    /// - Parameters:
    ///   - service: to which a connection goes with its first request that is another one.
    ///   - lookup: finds apps that the hub does not know; nil where nobody does.
    package init(
        hub: Hub, clock: any ServerClock, configuration: HTTPProxyConfiguration, service: HTTPService,
        lookup: AppLookup? = nil
    ) {
        self.lookup = lookup
        self.hub = hub
        self.clock = clock
        self.configuration = configuration
        self.service = service
    }

    /// The handler for a connection; for ``Listener/ConnectionRoutes/plain``. On the loop of the connection.
    package func handler(for head: RequestHead, on connection: AcceptedConnection) -> (any ChannelHandler)? {
        guard PublishHandler.isMeant(by: head), let shard = self.hub.shard(on: connection.channel.eventLoop) else {
            return nil
        }
        return PublishHandler(
            hub: self.hub, shard: shard, clock: self.clock, configuration: self.configuration, connection: connection,
            lookup: self.lookup, handOver: self.service.take
        )
    }
}
