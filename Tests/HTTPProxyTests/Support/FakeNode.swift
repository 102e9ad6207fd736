// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import NIOCore
import NIOPosix
import PushProtocol
import Synchronization

/// A node as far as datagrams go: it checks the secret, does what it is asked for once for each name, and loses what the
/// test has it lose. Any thread.
final class FakeNode: Sendable {
    /// What goes wrong.
    struct Faults: Sendable {
        /// So many of the next requests never arrive.
        var lostRequests = 0
        /// So many of the next replies never arrive; the command is done.
        var lostReplies = 0
        /// Every reply comes twice.
        var repliesTwice = false
        /// What a message is answered with instead of 200.
        var code: Int?
        /// It does not know the secret.
        var refuses = false
    }

    /// A command that was done.
    struct Done: Sendable {
        let means: String
        let requestID: String?
        let waitsUntilStored: Bool
        let data: String
    }

    private struct State {
        var faults = Faults()
        var online: Set<String> = []
        var datagrams: [[String]] = []
        var done: [Done] = []
        var answers: [String: DatagramReply] = [:]
    }

    static let secret = "node \"secret\""

    let address: SocketAddress
    private let channel: any Channel
    private let state: SharedState

    private final class SharedState: Sendable {
        let mutex = Mutex(State())
    }

    private init(channel: any Channel, address: SocketAddress, state: SharedState) {
        self.channel = channel
        self.address = address
        self.state = state
    }

    /// Starts nodes, and stops them behind the test.
    static func run(_ count: Int = 1, _ body: ([FakeNode]) async throws -> Void) async throws {
        var nodes: [FakeNode] = []
        for _ in 0..<count { nodes.append(try await self.start()) }
        let result: Result<Void, any Error>
        do {
            try await body(nodes)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        for node in nodes { await node.stop() }
        try result.get()
    }

    static func start(port: Int = 0) async throws -> FakeNode {
        let state = SharedState()
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 * 1024))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(state: state))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        guard let address = channel.localAddress else { throw ChannelError.unknownLocalAddress }
        return FakeNode(channel: channel, address: address, state: state)
    }

    /// Ends: datagrams are refused by the system from now on.
    func stop() async {
        try? await self.channel.close().get()
    }

    /// How the proxy is told of it.
    var configuration: ForwardingConfiguration.Node {
        .init(host: "127.0.0.1", port: self.address.port ?? 0, secret: Self.secret)
    }

    var faults: Faults {
        get { self.state.mutex.withLock { $0.faults } }
        set { self.state.mutex.withLock { $0.faults = newValue } }
    }

    var online: Set<String> {
        get { self.state.mutex.withLock { $0.online } }
        set { self.state.mutex.withLock { $0.online = newValue } }
    }

    /// The names of the commands of each datagram that came, those that the test had it lose too.
    var datagrams: [[String]] { self.state.mutex.withLock { $0.datagrams } }

    /// What was done, in order.
    var done: [Done] { self.state.mutex.withLock { $0.done } }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        typealias OutboundOut = AddressedEnvelope<ByteBuffer>

        private let state: SharedState
        private let scanner = JSONScanner()

        init(state: SharedState) {
            self.state = state
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = self.unwrapInboundIn(data)
            let (replies, isArray, copies) = self.state.mutex.withLock { state in
                envelope.data.withUnsafeReadableBytes { self.perform($0, &state) }
            }
            for _ in 0..<copies {
                var text = ByteBuffer()
                if isArray { text.writeStaticString("[") }
                for (index, reply) in replies.enumerated() {
                    if index > 0 { text.writeStaticString(",") }
                    reply.write(to: &text)
                }
                if isArray { text.writeStaticString("]") }
                let reply = AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: text)
                context.writeAndFlush(self.wrapOutboundOut(reply), promise: nil)
            }
        }

        private func perform(
            _ text: UnsafeRawBufferPointer, _ state: inout State
        ) -> (replies: [DatagramReply], isArray: Bool, copies: Int) {
            guard let (results, isArray) = try? DatagramCommand.decode(text, scanner: self.scanner) else {
                return ([], false, 0)
            }
            let commands = results.compactMap { try? $0.get() }
            state.datagrams.append(commands.map { $0.requestID ?? "" })
            if state.faults.lostRequests > 0 {
                state.faults.lostRequests -= 1
                return ([], isArray, 0)
            }
            let replies = commands.map { self.reply(to: $0, &state) }
            if state.faults.lostReplies > 0 {
                state.faults.lostReplies -= 1
                return ([], isArray, 0)
            }
            return (replies, isArray, state.faults.repliesTwice ? 2 : 1)
        }

        private func reply(to command: DatagramCommand, _ state: inout State) -> DatagramReply {
            guard command.secret == FakeNode.secret, !state.faults.refuses else {
                return DatagramReply(.forbidden("wrong sk"), requestID: command.requestID)
            }
            if let requestID = command.requestID, let known = state.answers[requestID] { return known }
            state.done.append(
                Done(
                    means: command.means, requestID: command.requestID, waitsUntilStored: command.waitsUntilStored,
                    data: String(decoding: command.data, as: UTF8.self)
                ))
            _ = try? self.scanner.scan(command.data)
            let uid = self.scanner.members.string(.recipient, in: command.data) ?? ""
            var reply = DatagramReply(isOnline: state.online.contains(uid), requestID: command.requestID)
            switch command.means {
            case "to_uid":
                reply.code = state.faults.code ?? 200
                reply.message = reply.code < 400 ? nil : "no, since \(reply.code)"
                reply.id = MessageID(rawValue: 1_600_000_000_000 << 20 + UInt64(state.done.count))
            case "kick":
                reply.result = ("closed", ByteBuffer(string: "2"))
            default:
                break
            }
            if reply.code < 400, let requestID = command.requestID { state.answers[requestID] = reply }
            return reply
        }
    }
}
