// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import NIOPosix
package import PushCore
internal import PushProtocol

/// The UDP port: one socket for each loop of the hub, all bound to it, so that every datagram is handled on the loop that
/// reads it.
package final class UDPServer: Sendable {
    /// The address that is listened on, with the port that the system chose where it was left to it.
    package let address: SocketAddress
    private let access: Live<UDPAccess>
    private let channels: [any Channel]

    private init(address: SocketAddress, access: Live<UDPAccess>, channels: [any Channel]) {
        self.address = address
        self.access = access
        self.channels = channels
    }

    /// Binds the sockets.
    ///
    /// - Parameters:
    ///   - loops: the loops of the hub.
    ///   - further: commands of the application.
    /// - Throws: where the address cannot be bound.
    package static func start(
        _ configuration: UDPConfiguration, hub: Hub, clock: any ServerClock, further: [any Means] = [],
        on loops: [any EventLoop]
    ) async throws -> UDPServer {
        let shared = DatagramHandler.Shared(
            configuration, registry: MeansRegistry(further: further), clock: clock
        )
        // Each of the slots holds the largest datagram there is: what does not fit would be cut off silently.
        let slots = 16
        var channels: [any Channel] = []
        var port = configuration.port
        do {
            if loops.count > 1, let first = loops.first {
                // Sockets that share a port would share it with another server's too, and take its datagrams: one that
                // shares with nobody finds out.
                let probe = try await DatagramBootstrap(group: first).bind(host: configuration.host, port: port).get()
                port = probe.localAddress?.port ?? port
                try await probe.close().get()
            }
            for loop in loops {
                let channel = try await DatagramBootstrap(group: loop)
                    .channelOption(
                        .socketOption(NIOBSDSocket.Option(rawValue: SO_REUSEPORT)), value: loops.count > 1 ? 1 : 0
                    )
                    .channelOption(.socketOption(.so_rcvbuf), value: 4 * 1024 * 1024)
                    .channelOption(.datagramVectorReadMessageCount, value: slots)
                    .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: slots * 64 * 1024))
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            guard let shard = hub.shard(on: channel.eventLoop) else {
                                throw ChannelError.inappropriateOperationForState
                            }
                            try channel.pipeline.syncOperations.addHandler(
                                DatagramHandler(shared, hub: hub, shard: shard)
                            )
                        }
                    }
                    .bind(host: configuration.host, port: port).get()
                channels.append(channel)
                port = channel.localAddress?.port ?? port
            }
            guard let address = channels.first?.localAddress else { throw ChannelError.unknownLocalAddress }
            return UDPServer(address: address, access: shared.access, channels: channels)
        } catch {
            for channel in channels { try? await channel.close().get() }
            throw error
        }
    }

    /// Has datagrams checked from now on against who may send by this configuration. Nothing else of it counts.
    package func update(access configuration: UDPConfiguration) {
        self.access.set(UDPAccess(configuration))
    }

    /// Takes no more datagrams.
    package func close() async {
        for channel in self.channels { try? await channel.close().get() }
    }
}
