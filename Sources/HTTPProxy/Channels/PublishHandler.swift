// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Listener
internal import NIOCore
internal import PushCore
internal import PushProtocol

/// Answers the one call that backends make all the time, `POST /apps/{id}/events`, on the loop of its connection and
/// without a task: a few times faster than HTTP's own handlers. Confined to the loop.
///
/// It takes what is plain and right: HTTP/1.1, a known length, an app of Pusher's dialect, a valid signature, no question
/// about the channels. At the first request that is anything else the connection goes to HTTP's handlers with that request
/// and all that follows, so every refusal is theirs, and so is everything that this handler does not know of HTTP.
final class PublishHandler: ChannelInboundHandler, ChannelOutboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What a connection and a request may take without coming to an end.
    private static let timeout = Duration.seconds(60)
    /// The largest body that is held before anybody has proved anything, in bytes.
    private static let maximumBodyBytes = 64 * 1024
    private static let maximumHeaders = 100
    private static let done = ByteBuffer(
        string: "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )

    private let hub: Hub
    private let shard: Shard
    private let clock: any ServerClock
    private let configuration: HTTPProxyConfiguration
    private let connection: AcceptedConnection
    private let lookup: AppLookup?
    private let handOver: (AcceptedConnection) throws -> Void
    /// What has come of a request that is not whole.
    private var held: ByteBuffer?
    /// How many bytes that request has, once its head has been read; 0 before.
    private var needed = 0
    private var timer: Scheduled<Void>?
    /// Since when the request that has begun, or the next one, is waited for, in nanoseconds of uptime.
    private var waitingSince: Int64 = 0
    private var isHandedOver = false
    private var missedRead = false

    /// - Parameters:
    ///   - lookup: knows whether what the hub says of an app still counts.
    ///   - handOver: puts HTTP's handlers behind this one.
    init(
        hub: Hub, shard: Shard, clock: any ServerClock, configuration: HTTPProxyConfiguration,
        connection: AcceptedConnection, lookup: AppLookup?, handOver: @escaping (AcceptedConnection) throws -> Void
    ) {
        self.hub = hub
        self.shard = shard
        self.clock = clock
        self.configuration = configuration
        self.connection = connection
        self.lookup = lookup
        self.handOver = handOver
    }

    /// Whether a connection's first request may be one of ours.
    static func isMeant(by head: RequestHead) -> Bool {
        head.method == "POST" && head.path.hasPrefix("/apps/") && head.path.hasSuffix("/events")
    }

    // MARK: - Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.waitingSince = self.clock.now().uptime
        self.watch(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.timer = nil
        self.held = nil
    }

    /// Ends a connection on which nothing comes to an end for too long.
    private func watch(_ context: ChannelHandlerContext, for time: Duration = PublishHandler.timeout) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        self.timer = context.eventLoop.scheduleTask(in: TimeAmount(time)) {
            let (handler, context) = bound.value
            guard !handler.isHandedOver, context.channel.isActive else { return }
            let waited = Duration.nanoseconds(handler.clock.now().uptime - handler.waitingSince)
            if waited >= Self.timeout { return context.close(promise: nil) }
            handler.watch(context, for: Self.timeout - waited)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let lent = self.unwrapInboundIn(data)
        if self.isHandedOver { return context.fireChannelRead(data) }
        self.shard.now = self.clock.now()
        var input = lent
        if var held = self.held.take() {
            held.writeBuffer(&input)
            if held.readableBytes < self.needed {
                self.held = held
                return self.connection.receiveBuffer.giveBack(lent)
            }
            input = held
        } else {
            self.waitingSince = self.shard.now.uptime
        }
        self.needed = 0
        var hasAnswered = false
        while input.readableBytes > 0 {
            switch self.next(&input) {
            case .answered:
                hasAnswered = true
                self.waitingSince = self.shard.now.uptime
                context.write(self.wrapOutboundOut(Self.done), promise: nil)
                continue
            case .needsMoreData:
                self.held = ByteBuffer(bytes: input.readableBytesView)
            case .notOurs:
                // Not in the end: this handler is out of the pipeline then, and nobody may answer for a while.
                if hasAnswered { context.flush() }
                hasAnswered = false
                self.giveAway(input, context)
            }
            break
        }
        if hasAnswered { context.flush() }
        if !self.isHandedOver { self.connection.receiveBuffer.giveBack(lent) }
    }

    /// NIO asks to read on after each read: a peer that does not take its answers is not asked for more.
    func read(context: ChannelHandlerContext) {
        if self.isHandedOver || context.channel.isWritable { context.read() } else { self.missedRead = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if self.missedRead, context.channel.isWritable {
            self.missedRead = false
            context.read()
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.isHandedOver { context.fireErrorCaught(error) } else { context.close(promise: nil) }
    }

    // MARK: - Requests

    private enum Step {
        case answered
        case needsMoreData
        case notOurs
    }

    /// Takes one request off the front of what has come.
    private func next(_ input: inout ByteBuffer) -> Step {
        let limit = self.configuration.maximumHeadBytes
        let parsed = input.withUnsafeReadableBytes { bytes in
            Result { () throws(RequestHead.Failure) in try RequestHead.parse(bytes, limit: limit) }
        }
        guard case .success(let found) = parsed else { return .notOurs }
        guard let head = found else { return .needsMoreData }
        guard let length = self.bodyLength(of: head) else { return .notOurs }
        guard input.readableBytes >= head.byteCount + length else {
            self.needed = head.byteCount + length
            return .needsMoreData
        }
        // A copy: what is read belongs to the loop.
        let body = ByteBuffer(bytes: input.readableBytesView.dropFirst(head.byteCount).prefix(length))
        guard self.publish(body, head) else { return .notOurs }
        input.moveReaderIndex(forwardBy: head.byteCount + length)
        return .answered
    }

    /// The length of a request's body; nil where it is not the plain call that is known here.
    private func bodyLength(of head: RequestHead) -> Int? {
        guard head.headers.count <= Self.maximumHeaders, Self.isMeant(by: head), head.minorVersion == 1,
            head.header("host") != nil,
            let text = head.header("content-length"), text.utf8.count <= 9,
            text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let length = Int(text),
            length <= min(Self.maximumBodyBytes, self.configuration.maximumBodyBytes)
        else { return nil }
        for header in head.headers {
            switch header.name {
            case "transfer-encoding", "expect", "upgrade", "trailer", "content-encoding": return nil
            case "connection" where header.value.lowercased() != "keep-alive": return nil
            case "content-type" where header.value.lowercased().contains("form"): return nil
            default: continue
            }
        }
        return length
    }

    /// Sends the event, if everything about the call is right.
    private func publish(_ body: ByteBuffer, _ head: RequestHead) -> Bool {
        let path = String(head.path)
        do throws(APIError) {
            guard let called = APIEndpoint.Path(path), let app = called.appID.flatMap({ self.hub.apps.app(id: $0) }),
                try called.endpoint() == .events
            else { return false }
            let parameters = try APIParameters(String(head.query))
            let signature = try APISignature(method: head.method, path: path, parameters: parameters)
            let settings = app.settings.value
            guard settings.isEnabled, settings.key == signature.key, settings.dialect == .pusher,
                self.lookup?.isCurrent(.id(app.id)) ?? true
            else { return false }
            try signature.verify(with: PusherSecret(settings.secret), seconds: self.shard.now.seconds)
            try signature.verify(body: body.readableBytesView)
            let event = try TriggerRequest(
                body, isForm: false, query: parameters, maximumDataBytes: settings.maximumEventBytes
            )
            guard event.info.isEmpty else { return false }
            self.hub.trigger(event, of: app, from: self.shard)
            return true
        } catch {
            // Told by those who answer everything else.
            return false
        }
    }

    private func giveAway(_ input: ByteBuffer, _ context: ChannelHandlerContext) {
        self.isHandedOver = true
        do {
            try self.handOver(self.connection)
            context.fireChannelRead(self.wrapInboundOut(input))
            context.fireChannelReadComplete()
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }
}

@available(*, unavailable)
extension PublishHandler: Sendable {}
