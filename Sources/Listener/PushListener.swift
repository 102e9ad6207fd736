// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
package import NIOCore
package import NIOPosix
internal import NIOSSL
internal import PushProtocol

/// A listening port, or several of one address: accepts on one loop, spreads the connections evenly over all of them, and puts a
/// ``HandshakeGuard`` into each, behind TLS where the port speaks that.
package final class PushListener: Sendable {
    /// The address that is listened on, with the port that the system chose where it was left to it.
    package let address: SocketAddress
    /// Those of the further ports, in their order.
    package let extraAddresses: [SocketAddress]
    private let channels: [any Channel]

    private init(_ channels: [any Channel], address: SocketAddress, extraAddresses: [SocketAddress]) {
        self.channels = channels
        self.address = address
        self.extraAddresses = extraAddresses
    }

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - loops: where the connections go, in turn.
    ///   - identity: what the port shows as a TLS server; nil where it speaks plain text.
    /// - Throws: ``BindError`` where the address cannot be bound.
    package static func start(
        _ configuration: ListenerConfiguration, routes: ConnectionRoutes, limits: ConnectionLimits,
        on group: MultiThreadedEventLoopGroup, identity: TLSIdentity? = nil
    ) async throws -> PushListener {
        let receiveBuffers = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { (ObjectIdentifier($0), LoopReceiveBuffer(loop: $0)) }
        )
        let unsent = configuration.unsentLimit
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: unsent / 2, high: unsent))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let receiveBuffer = receiveBuffers[ObjectIdentifier(channel.eventLoop)] else {
                        throw ChannelError.inappropriateOperationForState
                    }
                    try channel.syncOptions?.setOption(.recvAllocator, value: receiveBuffer.allocator)
                    let pipeline = channel.pipeline.syncOperations
                    if configuration.trustedProxies != TrustedProxies() {
                        try pipeline.addHandler(
                            ProxyHeaderHandler(trusted: configuration.trustedProxies, receiveBuffer: receiveBuffer)
                        )
                    }
                    if let identity {
                        try pipeline.addHandler(CiphertextHandler(receiveBuffer: receiveBuffer))
                        try pipeline.addHandler(NIOSSLServerHandler(context: identity.context))
                        try pipeline.addHandler(RecordSizedWrites())
                    }
                    try pipeline.addHandler(
                        HandshakeGuard(
                            configuration: configuration, routes: routes, limits: limits,
                            receiveBuffer: identity == nil ? receiveBuffer : .none, isEncrypted: identity != nil
                        )
                    )
                }
            }
        let (channel, address) = try await Self.bind(bootstrap, host: configuration.host, port: configuration.port)
        var channels = [channel]
        var addresses: [SocketAddress] = []
        do {
            for port in configuration.extraPorts {
                let (channel, address) = try await Self.bind(bootstrap, host: configuration.host, port: port)
                channels.append(channel)
                addresses.append(address)
            }
        } catch {
            for channel in channels { try? await channel.close() }
            throw error
        }
        return PushListener(channels, address: address, extraAddresses: addresses)
    }

    private static func bind(
        _ bootstrap: ServerBootstrap, host: String, port: Int
    ) async throws(BindError) -> (any Channel, SocketAddress) {
        do {
            let channel = try await bootstrap.bind(host: host, port: port).get()
            guard let address = channel.localAddress else { throw ChannelError.unknownLocalAddress }
            return (channel, address)
        } catch {
            throw BindError(host: host, port: port, reason: String(describing: error))
        }
    }

    /// Accepts no more connections; those that are open go on.
    package func close() async {
        for channel in self.channels { try? await channel.close() }
    }
}

/// An address that cannot be listened on.
package struct BindError: Error, CustomStringConvertible, Sendable {
    package let host: String
    package let port: Int
    package let reason: String

    package init(host: String, port: Int, reason: String) {
        self.host = host
        self.port = port
        self.reason = reason
    }

    package var description: String { "cannot listen on \(self.host):\(self.port): \(self.reason)" }
}
