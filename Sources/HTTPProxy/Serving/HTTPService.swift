// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
package import Listener
internal import Logging
internal import NIOCore
internal import NIOHTTPTypes
internal import PushProtocol
internal import Synchronization

/// Serves HTTP on connections that a listener hands over: Hummingbird answers, each connection has one task for as long as
/// it lives.
package final class HTTPService: Sendable {
    private struct Connection: Sendable {
        let http: HTTP1Channel
        let channel: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
    }

    private let makeHTTP: @Sendable (_ origin: ClientAddress) -> HTTP1Channel
    private let logger: Logger
    private let connections: AsyncStream<Connection>
    private let handOver: AsyncStream<Connection>.Continuation
    private let requests: OpenRequests

    /// Requests that are being answered, counted.
    private final class OpenRequests: Sendable {
        let count = Atomic<Int>(0)
    }

    /// How many requests are being answered now.
    package var openRequests: Int { self.requests.count.load(ordering: .relaxed) }

    init(
        responder: some HTTPResponder<ProxyContext>, maximumHeadBytes: Int, trustedProxies: TrustedProxies,
        logger: Logger
    ) {
        self.logger = logger
        let requests = OpenRequests()
        self.requests = requests
        // Bounded by the limit on connections, which all come through here once.
        (self.connections, self.handOver) = AsyncStream.makeStream(of: Connection.self, bufferingPolicy: .unbounded)
        let configuration = HTTP1Channel.Configuration(
            idleTimeout: .seconds(60),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: maximumHeadBytes, maxHeaderListSize: maximumHeadBytes, maxHeaderFieldCount: 100
            )
        )
        self.makeHTTP = { origin in
            HTTP1Channel(
                responder: { request, writer, channel in
                    requests.count.add(1, ordering: .relaxed)
                    defer { requests.count.subtract(1, ordering: .relaxed) }
                    // PHP's curl waits for this with larger bodies.
                    if request.headers[.expect]?.lowercased() == "100-continue" {
                        try await writer.writeInformationalHead(HTTPResponse(status: .continue))
                    }
                    let client = trustedProxies.client(of: origin) { name in
                        HTTPField.Name(name).map { request.headers[values: $0] } ?? []
                    }
                    let context = ProxyContext(source: .init(channel: channel, logger: logger, client: client))
                    let response: Response
                    do {
                        response = try await responder.respond(to: request, context: context)
                    } catch {
                        response = ChatResponse.failure(error)
                    }
                    let isLast = response.headers[.connection]?.hasPrefix("close") == true
                    try await writer.write(response: response.head, body: response.body)
                    // Hummingbird heeds what the request says of it, not the response.
                    if isLast { HTTPService.closeBehindResponse(channel) }
                },
                configuration: configuration
            )
        }
    }

    /// Puts HTTP's handlers into a connection and takes it over. On the connection's loop.
    package func take(_ connection: AcceptedConnection) throws {
        let channel = connection.channel
        // A client may end its side when it has asked: its answer still goes out.
        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        let isTaken = Mutex(false)
        let http = self.makeHTTP(connection.origin)
        // Completes before it returns: all of it happens on this loop.
        http.setup(channel: channel, logger: self.logger).whenSuccess { channel in
            // After the end nobody serves it: then the caller closes it.
            guard case .enqueued = self.handOver.yield(Connection(http: http, channel: channel)) else { return }
            isTaken.withLock { $0 = true }
        }
        guard isTaken.withLock({ $0 }) else { throw ChannelError.inappropriateOperationForState }
    }

    /// Ends a connection behind its last response. What the peer still sends is read and dropped for a moment, so that
    /// the response is not lost in a reset.
    private static func closeBehindResponse(_ channel: any Channel) {
        channel.close(mode: .output, promise: nil)
        channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
    }

    /// Serves the connections until the task is cancelled, which closes them.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for await connection in self.connections {
                group.addTask { await connection.http.handle(value: connection.channel, logger: self.logger) }
            }
        }
    }

    /// Takes no more connections; those that are open go on.
    package func finish() {
        self.handOver.finish()
    }
}
