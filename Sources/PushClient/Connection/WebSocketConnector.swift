// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import NIOWebSocket

/// Opens WebSockets.
struct WebSocketConnector: Sendable {
    typealias Channel = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    private let options: ConnectionOptions
    private let tls: NIOSSLContext

    /// - Throws: ``PushClientError`` with code `malformed` where the TLS settings cannot be used.
    init(_ options: ConnectionOptions) throws(PushClientError) {
        self.options = options
        do {
            self.tls = try NIOSSLContext(configuration: options.tls)
        } catch {
            throw PushClientError(code: .malformed, message: "the TLS settings cannot be used: \(error)")
        }
    }

    /// Connects and shakes hands.
    ///
    /// - Throws: ``PushClientError`` with code `connection`, or `malformed` for a header that is none.
    func connect(to target: WebSocketTarget) async throws -> Channel {
        for (name, value) in target.headers + self.options.headers
        where name.isEmpty || (name + value).utf8.contains(where: { $0 < 0x20 || $0 > 0x7E }) {
            throw PushClientError(code: .malformed, message: "a header of the handshake holds what none may hold")
        }
        let limit = TimeAmount(self.options.connectTimeout)
        let upgrade: EventLoopFuture<Channel>
        do {
            upgrade = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .connectTimeout(limit)
                .connect(host: target.url.host, port: target.url.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let deadline = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
                        let upgrade = try self.configure(channel, target)
                        upgrade.whenComplete { _ in deadline.cancel() }
                        return upgrade
                    }
                }
            return try await upgrade.get()
        } catch let error as PushClientError {
            throw error
        } catch {
            if Task.isCancelled { throw CancellationError() }
            let reason: any Error = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
            throw PushClientError(
                code: .connection,
                message: PushClientError.quote("no WebSocket to \(target.url.authority): \(reason)"))
        }
    }

    /// The pipeline of a connection that begins. On the channel's loop.
    private func configure(
        _ channel: any NIOCore.Channel, _ target: WebSocketTarget
    ) throws -> EventLoopFuture<Channel> {
        if target.url.isSecure {
            // The name of an address is none that TLS could be told.
            let isAddress = (try? SocketAddress(ipAddress: target.url.host, port: 0)) != nil
            try channel.pipeline.syncOperations.addHandler(
                NIOSSLClientHandler(context: self.tls, serverHostname: isAddress ? nil : target.url.host))
        }
        let limit = self.options.messageLimit
        let upgrader = NIOTypedWebSocketClientUpgrader<Channel>(maxFrameSize: limit) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    NIOWebSocketFrameAggregator(
                        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 4096, maxAccumulatedFrameSize: limit))
                return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
            }
        }
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target.requestTarget(self.options))
        head.headers.add(name: "Host", value: target.url.authority)
        for (name, value) in target.headers + self.options.headers { head.headers.add(name: name, value: value) }
        let upgrade = NIOTypedHTTPClientUpgradeConfiguration<Channel>(
            upgradeRequestHead: head, upgraders: [upgrader],
            notUpgradingCompletionHandler: { channel in
                let refusal = PushClientError(
                    code: .connection, message: "the server answered, but not with a WebSocket")
                channel.close(promise: nil)
                return channel.eventLoop.makeFailedFuture(refusal)
            }
        )
        var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: upgrade)
        // The greeting may come with the answer to the handshake.
        pipeline.leftOverBytesStrategy = .forwardBytes
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
            configuration: pipeline)
    }
}
