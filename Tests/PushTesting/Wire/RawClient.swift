// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import NIOPosix
internal import NIOSSL

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A TCP client that sends and receives bytes as a test says: no protocol, no manners.
///
/// Whatever is waited for comes within ten seconds, or the wait throws ``TimedOut``.
package final class RawClient: Sendable {
    /// Something that a test waited for has not happened.
    package struct TimedOut: Error, CustomStringConvertible {
        /// What had come until then, as text.
        package let received: String

        package var description: String { "timed out; received so far: \(self.received)" }
    }

    /// The connection ended before what was waited for had come.
    package struct Ended: Error, CustomStringConvertible {
        /// What had come until then, as text.
        package let received: String

        package var description: String { "the connection ended; received: \(self.received)" }
    }

    private let channel: any Channel
    private let inbox: NIOLoopBound<Inbox>

    private init(channel: any Channel, inbox: NIOLoopBound<Inbox>) {
        self.channel = channel
        self.inbox = inbox
    }

    /// Connects.
    ///
    /// - Parameters:
    ///   - source: the address to come from, such as `127.0.0.2`; nil leaves it to the system.
    ///   - reads: whether what comes is read; otherwise it fills the buffers of the system, until ``startReading()``.
    ///   - receiveBuffer: bytes of the system's receive buffer; nil leaves it to the system.
    ///   - isEncrypted: whether TLS is spoken, with whatever certificate the server shows.
    ///   - preamble: bytes before everything else, TLS too.
    package static func connect(
        to address: SocketAddress, from source: String? = nil, reads: Bool = true, receiveBuffer: Int32? = nil,
        isEncrypted: Bool = false, preamble: [UInt8] = []
    ) async throws -> RawClient {
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.autoRead, value: reads)
            .channelOption(.allowRemoteHalfClosure, value: true)
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(receiveBuffer))
        }
        if let source { bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: source, port: 0)) }
        return try await bootstrap.connect(to: address) { channel in
            channel.eventLoop.makeCompletedFuture {
                if !preamble.isEmpty { try channel.pipeline.syncOperations.addHandler(Preamble(bytes: preamble)) }
                if isEncrypted {
                    let handler = try NIOSSLClientHandler(context: try Self.anyCertificate.get(), serverHostname: nil)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
                let inbox = Inbox()
                try channel.pipeline.syncOperations.addHandler(inbox)
                return RawClient(channel: channel, inbox: NIOLoopBound(inbox, eventLoop: channel.eventLoop))
            }
        }
    }

    private static let anyCertificate = Result {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        // With half-closure allowed the server's farewell is not taken for the end: a close would wait in vain.
        configuration.shutdownTimeout = .milliseconds(1)
        return try NIOSSLContext(configuration: configuration)
    }

    /// The certificate that the server has shown, in DER; nil without TLS, and before its handshake is over.
    package func certificate() async throws -> [UInt8]? {
        let channel = self.channel
        return try await channel.eventLoop.submit {
            try? channel.pipeline.syncOperations.nioSSL_peerCertificate()?.toDERBytes()
        }.get()
    }

    /// Writes bytes as soon as the connection is there.
    private final class Preamble: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let bytes: [UInt8]

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        func channelActive(context: ChannelHandlerContext) {
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: self.bytes)), promise: nil)
            context.fireChannelActive()
        }
    }

    /// Sends bytes, and returns when the system has taken them.
    package func send(_ bytes: [UInt8]) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Sends text.
    package func send(_ text: String) async throws {
        try await self.send(Array(text.utf8))
    }

    /// Sends bytes without waiting for anything; what cannot be sent is lost.
    package func post(_ bytes: [UInt8]) {
        self.channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    /// Waits until enough has come, and takes it.
    ///
    /// - Parameter enough: how many of the bytes to take; nil to wait for more.
    /// - Throws: ``TimedOut``, ``Ended``, or what `enough` throws.
    package func receive(_ enough: @escaping @Sendable ([UInt8]) throws -> Int?) async throws -> [UInt8] {
        let inbox = self.inbox
        return try await self.channel.eventLoop.flatSubmit {
            inbox.value.wait(on: inbox.eventLoop) { bytes, isEnded in
                if let count = try enough(bytes) { return count }
                if isEnded { throw Ended(received: String(decoding: bytes, as: UTF8.self)) }
                return nil
            }
        }.get()
    }

    /// Waits until the server has closed, and takes everything it sent before.
    package func receiveToEnd() async throws -> [UInt8] {
        let inbox = self.inbox
        return try await self.channel.eventLoop.flatSubmit {
            inbox.value.wait(on: inbox.eventLoop) { bytes, isEnded in isEnded ? bytes.count : nil }
        }.get()
    }

    /// Reads from now on.
    package func startReading() async throws {
        try await self.channel.setOption(.autoRead, value: true).get()
    }

    /// Reads nothing more until ``startReading()``: what comes fills the buffers of the system.
    package func stopReading() async throws {
        try await self.channel.setOption(.autoRead, value: false).get()
    }

    /// Says that nothing more will be sent, and goes on receiving.
    package func finishSending() async throws {
        try await self.channel.close(mode: .output)
    }

    /// Closes, without any farewell.
    package func close() async {
        try? await self.channel.close().get()
    }

    /// Closes by a reset: what is on its way is thrown away.
    package func reset() async {
        let options = self.channel as? any SocketOptionProvider
        try? await options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        await self.close()
    }

    /// Keeps what has come until somebody asks for it. On the loop of the channel.
    private final class Inbox: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private struct Waiter {
            let enough: ([UInt8], Bool) throws -> Int?
            let promise: EventLoopPromise<[UInt8]>
            let deadline: Scheduled<Void>
        }

        private var bytes: [UInt8] = []
        private var isEnded = false
        private var waiter: Waiter?

        func wait(
            on loop: any EventLoop, _ enough: @escaping ([UInt8], Bool) throws -> Int?
        ) -> EventLoopFuture<[UInt8]> {
            precondition(self.waiter == nil, "one at a time")
            let promise = loop.makePromise(of: [UInt8].self)
            let bound = NIOLoopBound(self, eventLoop: loop)
            let deadline = loop.scheduleTask(in: .seconds(10)) { bound.value.giveUp() }
            self.waiter = Waiter(enough: enough, promise: promise, deadline: deadline)
            self.look()
            return promise.futureResult
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.bytes.append(contentsOf: self.unwrapInboundIn(data).readableBytesView)
            self.look()
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event as? ChannelEvent == .inputClosed { self.end() }
            context.fireUserInboundEventTriggered(event)
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.end()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        private func end() {
            self.isEnded = true
            self.look()
        }

        private func look() {
            guard let waiter = self.waiter else { return }
            let result = Result { try waiter.enough(self.bytes, self.isEnded) }
            if case .success(nil) = result { return }
            self.waiter = nil
            waiter.deadline.cancel()
            waiter.promise.completeWith(
                result.map { count in
                    let taken = Array(self.bytes.prefix(count ?? 0))
                    self.bytes.removeFirst(taken.count)
                    return taken
                }
            )
        }

        private func giveUp() {
            self.waiter.take()?.promise.fail(TimedOut(received: String(decoding: self.bytes, as: UTF8.self)))
        }
    }
}
