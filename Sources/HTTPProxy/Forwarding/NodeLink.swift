// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix
internal import PushProtocol
internal import Synchronization

/// The way to one node: a socket of its own, and the datagrams that it has not answered yet. A datagram is sent again, as
/// it is, until its replies come or the patience is over; the node answers a repetition without doing it twice. On one
/// loop, except where a parameter says otherwise.
final class NodeLink: Sendable {
    /// Why there are no replies.
    enum Failure: Error {
        /// Nothing has left this machine: another node may be asked.
        case nothingSent
        /// Nothing has left either, since too much waits already.
        case tooMany
        /// The node may have done what it was asked for, or not.
        case unanswered
        /// The system sends no datagram of this size.
        case tooLarge
    }

    /// The most datagrams that wait for one node.
    private static let maximumPending = 10_000

    private final class Exchange {
        let datagram: NodeDatagram
        let promise: EventLoopPromise<[DatagramReply]>
        /// Whether the datagram may have left, once at least.
        var isSent = false
        var deadline: Scheduled<Void>?
        var retry: Scheduled<Void>?

        init(_ datagram: NodeDatagram, _ promise: EventLoopPromise<[DatagramReply]>) {
            self.datagram = datagram
            self.promise = promise
        }
    }

    private enum Socket {
        case closed
        case opening(EventLoopFuture<any Channel>)
        case open(any Channel)
    }

    private struct State {
        var socket = Socket.closed
        var pending: [Int: Exchange] = [:]
        /// What is pending, by the name of the first command: more than one where a call is made again meanwhile.
        var byName: [String: [Int]] = [:]
        var count = 0
        let scanner = JSONScanner()
    }

    let node: ForwardingConfiguration.Node
    private let configuration: ForwardingConfiguration
    private let counters: ForwardingCounters
    private let loop: any EventLoop
    private let state: NIOLoopBoundBox<State>
    private let secret: ByteBuffer

    /// - Parameter loop: where all of it happens.
    init(
        _ node: ForwardingConfiguration.Node, _ configuration: ForwardingConfiguration, counters: ForwardingCounters,
        on loop: any EventLoop
    ) {
        self.node = node
        self.configuration = configuration
        self.counters = counters
        self.loop = loop
        self.state = .makeBoxSendingValue(State(), eventLoop: loop)
        var secret = ByteBuffer()
        secret.writeJSONString(node.secret)
        self.secret = secret
    }

    /// Sends commands, and waits for their replies. Any thread.
    ///
    /// - Returns: the replies in the order of the commands; fails with ``Failure``.
    func exchange(_ datagram: NodeDatagram) -> EventLoopFuture<[DatagramReply]> {
        self.loop.flatSubmit { self.start(datagram) }
    }

    /// Closes the socket; what waits fails. Any thread.
    func close() async {
        try? await self.loop.submit {
            if case .open(let channel) = self.state.value.socket { channel.close(promise: nil) }
            self.failAll()
        }.get()
    }

    // MARK: - Exchanges

    private func start(_ datagram: NodeDatagram) -> EventLoopFuture<[DatagramReply]> {
        guard self.state.value.pending.count < Self.maximumPending else {
            return self.loop.makeFailedFuture(Failure.tooMany)
        }
        let promise = self.loop.makePromise(of: [DatagramReply].self)
        let exchange = Exchange(datagram, promise)
        let number = self.state.value.count
        self.state.value.count += 1
        self.state.value.pending[number] = exchange
        self.state.value.byName[datagram.name, default: []].append(number)
        var patience = self.configuration.patience
        if datagram.waitsUntilStored { patience = patience + self.configuration.storedPatience }
        exchange.deadline = self.loop.scheduleTask(in: patience) { self.giveUp(number) }
        self.counters.datagrams.add(1, ordering: .relaxed)
        self.attempt(number, next: self.configuration.retryAfter)
        return promise.futureResult
    }

    /// Sends the datagram of an exchange, and sees to it that it is sent again.
    private func attempt(_ number: Int, next: TimeAmount) {
        self.openSocket().whenComplete { result in
            guard let exchange = self.state.value.pending[number] else { return }
            guard case .success(let channel) = result else { return self.fail(number) }
            let wasSent = exchange.isSent
            exchange.isSent = true
            channel.writeAndFlush(exchange.datagram.text(secret: self.secret)).whenComplete { result in
                guard let exchange = self.state.value.pending[number] else { return }
                if case .failure = result { exchange.isSent = wasSent }
                self.written(result, number, next: next)
            }
        }
    }

    private func written(_ result: Result<Void, any Error>, _ number: Int, next: TimeAmount) {
        guard let exchange = self.state.value.pending[number] else { return }
        switch result {
        case .success:
            exchange.retry = self.loop.scheduleTask(in: next) {
                self.counters.retries.add(1, ordering: .relaxed)
                self.attempt(number, next: min(next + next, self.configuration.longestRetry))
            }
        case .failure(ChannelError.writeMessageTooLarge):
            self.end(number, .failure(.tooLarge))
        case .failure:
            self.fail(number)
        }
    }

    private func giveUp(_ number: Int) {
        self.fail(number)
        // The node's name may mean another address by now: it is looked up again with the next socket.
        guard self.state.value.pending.isEmpty, case .open(let channel) = self.state.value.socket else { return }
        channel.close(promise: nil)
    }

    private func fail(_ number: Int) {
        guard let exchange = self.state.value.pending[number] else { return }
        self.end(number, .failure(exchange.isSent ? .unanswered : .nothingSent))
    }

    private func failAll() {
        for number in self.state.value.pending.keys.sorted() { self.fail(number) }
    }

    private func end(_ number: Int, _ result: Result<[DatagramReply], Failure>) {
        guard let exchange = self.state.value.pending.removeValue(forKey: number) else { return }
        let name = exchange.datagram.name
        let others = self.state.value.byName[name]?.filter { $0 != number } ?? []
        self.state.value.byName[name] = others.isEmpty ? nil : others
        exchange.deadline?.cancel()
        exchange.retry?.cancel()
        exchange.promise.completeWith(result.mapError { $0 })
    }

    private func received(_ bytes: ByteBuffer) {
        let scanner = self.state.value.scanner
        guard let replies = bytes.withUnsafeReadableBytes({ DatagramReply.decode($0, scanner: scanner) }),
            let name = replies.first?.requestID
        else { return }
        for number in self.state.value.byName[name] ?? [] {
            guard self.state.value.pending[number]?.datagram.isAnswered(by: replies) == true else { continue }
            self.end(number, .success(replies))
        }
    }

    // MARK: - Socket

    /// The socket, opened where it is closed. Names are looked up on a thread that may block.
    private func openSocket() -> EventLoopFuture<any Channel> {
        switch self.state.value.socket {
        case .open(let channel): return self.loop.makeSucceededFuture(channel)
        case .opening(let future): return future
        case .closed: break
        }
        let node = self.node
        let future = NIOThreadPool.singleton.runIfActive(eventLoop: self.loop) {
            try SocketAddress.makeAddressResolvingHost(node.host, port: node.port)
        }.flatMap { self.connect(to: $0) }
        self.state.value.socket = .opening(future)
        future.whenComplete { result in
            switch result {
            case .success(let channel):
                self.state.value.socket = .open(channel)
                channel.closeFuture.whenComplete { _ in self.socketClosed(channel) }
            case .failure:
                self.state.value.socket = .closed
            }
        }
        return future
    }

    /// A connected socket hears of it when nobody listens at the other end.
    private func connect(to address: SocketAddress) -> EventLoopFuture<any Channel> {
        DatagramBootstrap(group: self.loop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 * 1024))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        Inbox(received: { self.received($0) }, refused: { self.failAll() })
                    )
                }
            }
            .connect(to: address)
    }

    private func socketClosed(_ channel: any Channel) {
        guard case .open(let current) = self.state.value.socket, current === channel else { return }
        self.state.value.socket = .closed
        self.failAll()
    }

    private final class Inbox: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>

        private let received: (ByteBuffer) -> Void
        private let refused: () -> Void

        init(received: @escaping (ByteBuffer) -> Void, refused: @escaping () -> Void) {
            self.received = received
            self.refused = refused
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.received(self.unwrapInboundIn(data).data)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            // What left before may have been done, before the node went.
            self.refused()
        }
    }
}
