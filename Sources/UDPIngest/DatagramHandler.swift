// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
package import NIOCore
package import PushCore
package import PushProtocol

/// Reads datagrams, checks who sent them, has the commands carried out and sends the replies: one for the socket of each
/// loop. Nothing that a datagram holds stops it.
package final class DatagramHandler: ChannelInboundHandler {
    package typealias InboundIn = AddressedEnvelope<ByteBuffer>
    package typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    /// Datagrams shorter than this get no reply to an error: even the least reply would be longer.
    private static let leastReplyBytes = DatagramReply.least.utf8.count

    private let configuration: UDPConfiguration
    private let allow: AllowList
    private let registry: MeansRegistry
    private let hub: Hub
    private let shard: Shard
    private let clock: any ServerClock
    private let requests: RecentRequests<EventLoopFuture<DatagramReply>>
    private var context: ChannelHandlerContext?
    /// Whether a read is being handled, at whose end replies are flushed together.
    private var isReading = false

    package init(
        configuration: UDPConfiguration, registry: MeansRegistry, hub: Hub, shard: Shard, clock: any ServerClock,
        requests: RecentRequests<EventLoopFuture<DatagramReply>>
    ) {
        self.configuration = configuration
        self.allow = AllowList(configuration.allow)
        self.registry = registry
        self.hub = hub
        self.shard = shard
        self.clock = clock
        self.requests = requests
    }

    package func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    package func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = self.unwrapInboundIn(data)
        if !self.isReading {
            self.isReading = true
            self.shard.now = self.clock.now()
        }
        self.shard.counters.datagramsReceived += 1
        envelope.data.withUnsafeReadableBytes { self.received($0, from: envelope.remoteAddress) }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        self.isReading = false
        context.flush()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An unreachable peer, a reply too large for its path: the next datagram does not care.
        self.shard.counters.datagramsRefused += 1
    }

    // MARK: - Datagrams

    private func received(_ text: UnsafeRawBufferPointer, from address: SocketAddress) {
        let entries = self.allow.entries(for: IPAddress(address))
        guard !entries.isEmpty else {
            self.shard.counters.datagramsFromStrangers += 1
            return self.refuse(.forbidden("not allowed"), requestBytes: text.count, address)
        }
        guard text.count <= self.configuration.maximumDatagramBytes else {
            self.shard.counters.datagramsTooLarge += 1
            return self.refuse(FrameError(code: 413, message: "datagram too large"), requestBytes: text.count, address)
        }
        do throws(FrameError) {
            guard UTF8Validation.isValid(text) else { throw .malformed("not UTF-8") }
            let (commands, isArray) = try DatagramCommand.decode(text, scanner: self.shard.scanner)
            if isArray {
                self.performAll(commands, entries, requestBytes: text.count, address)
            } else if let command = commands.first {
                self.performOne(command, entries, requestBytes: text.count, address)
            }
        } catch {
            self.refuse(error, requestBytes: text.count, address)
        }
    }

    private func performOne(
        _ command: Result<DatagramCommand, FrameError>, _ entries: [Int], requestBytes: Int, _ address: SocketAddress
    ) {
        let wantsReply = (try? command.get().wantsReply) ?? true
        self.perform(command, entries) { reply in
            guard wantsReply else { return }
            if reply.code >= 400 {
                self.sendRefusal(reply, requestBytes: requestBytes, address)
            } else {
                var buffer = ByteBufferAllocator().buffer(capacity: 128)
                reply.write(to: &buffer)
                self.send(buffer, address)
            }
        }
    }

    private func performAll(
        _ commands: [Result<DatagramCommand, FrameError>], _ entries: [Int], requestBytes: Int, _ address: SocketAddress
    ) {
        let wantsReply = commands.contains { (try? $0.get().wantsReply) ?? true }
        var replies = [DatagramReply?](repeating: nil, count: commands.count)
        var missing = commands.count
        for (index, command) in commands.enumerated() {
            self.perform(command, entries) { reply in
                replies[index] = reply
                missing -= 1
                guard missing == 0, wantsReply else { return }
                self.sendArray(replies.compactMap { $0 }, requestBytes: requestBytes, address)
            }
        }
    }

    // MARK: - Commands

    private func perform(
        _ command: Result<DatagramCommand, FrameError>, _ entries: [Int], reply: @escaping (DatagramReply) -> Void
    ) {
        do throws(FrameError) {
            let command = try command.get()
            guard let entry = self.allow.entry(among: entries, secret: command.secret) else {
                self.shard.counters.secretsWrong += 1
                throw .forbidden("wrong sk")
            }
            guard let requestID = command.requestID else { return try self.carryOut(command, reply: reply) }
            self.carryOutOnce(command, name: RequestName(scope: String(entry), name: requestID)) { answer in
                var answer = answer
                answer.requestID = requestID
                reply(answer)
            }
        } catch {
            self.shard.counters.datagramsRefused += 1
            reply(DatagramReply(error, requestID: (try? command.get())?.requestID))
        }
    }

    private func carryOut(_ command: DatagramCommand, reply: @escaping (DatagramReply) -> Void) throws(FrameError) {
        guard let means = self.registry[command.means] else { throw .malformed("unknown means") }
        do { _ = try self.shard.scanner.scan(command.data) } catch { throw FrameError(error) }
        let request = MeansRequest(command, members: self.shard.scanner.members, hub: self.hub, shard: self.shard)
        try means.perform(request, reply: reply)
        self.shard.counters.commandsDone += 1
    }

    /// Carries out a command that has a name, unless that was done, or is being done, already.
    private func carryOutOnce(
        _ command: DatagramCommand, name: RequestName, reply: @escaping (DatagramReply) -> Void
    ) {
        let loop = self.shard.loop
        let bound = NIOLoopBound(reply, eventLoop: loop)
        let promise = loop.makePromise(of: DatagramReply.self)
        let answer = self.requests.remember(promise.futureResult, for: name, uptime: self.shard.now.uptime)
        answer.hop(to: loop).whenSuccess { bound.value($0) }
        guard answer === promise.futureResult else {
            // Somebody else keeps the promise of that name.
            promise.succeed(DatagramReply(isOnline: false))
            return
        }
        let requests = self.requests
        do throws(FrameError) {
            try self.carryOut(command) { reply in
                // What was not done may be asked for again.
                if reply.code >= 400 { requests.forget(name) }
                promise.succeed(reply)
            }
        } catch {
            requests.forget(name)
            self.shard.counters.datagramsRefused += 1
            promise.succeed(DatagramReply(error))
        }
    }

    // MARK: - Replies

    private func refuse(_ error: FrameError, requestBytes: Int, _ address: SocketAddress) {
        self.shard.counters.datagramsRefused += 1
        self.sendRefusal(DatagramReply(error), requestBytes: requestBytes, address)
    }

    /// Sends an error where that is no longer than what was sent, so that nobody can make the server shout at a third.
    private func sendRefusal(_ reply: DatagramReply, requestBytes: Int, _ address: SocketAddress) {
        guard requestBytes >= Self.leastReplyBytes else { return }
        var buffer = ByteBufferAllocator().buffer(capacity: 128)
        reply.write(to: &buffer)
        if buffer.readableBytes > requestBytes { buffer = ByteBuffer(string: DatagramReply.least) }
        self.send(buffer, address)
    }

    private func sendArray(_ replies: [DatagramReply], requestBytes: Int, _ address: SocketAddress) {
        let isRefused = replies.allSatisfy { $0.code >= 400 }
        guard !isRefused || requestBytes >= Self.leastReplyBytes else { return }
        let limit = isRefused ? requestBytes : DatagramReply.maximumArrayBytes
        var buffer = self.array(replies)
        // What can be looked up goes first: the texts of errors, then what custom commands answered.
        if buffer.readableBytes > limit { buffer = self.array(replies.map(\.short)) }
        if buffer.readableBytes > limit { buffer = ByteBuffer(string: DatagramReply.least) }
        self.send(buffer, address)
    }

    private func array(_ replies: [DatagramReply]) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 128 * replies.count)
        for (index, reply) in replies.enumerated() {
            buffer.writeInteger(index == 0 ? UInt8(ascii: "[") : UInt8(ascii: ","))
            reply.write(to: &buffer)
        }
        buffer.writeInteger(UInt8(ascii: "]"))
        return buffer
    }

    private func send(_ buffer: ByteBuffer, _ address: SocketAddress) {
        guard let context = self.context else { return }
        context.write(self.wrapOutboundOut(AddressedEnvelope(remoteAddress: address, data: buffer)), promise: nil)
        if !self.isReading { context.flush() }
    }
}

@available(*, unavailable)
extension DatagramHandler: Sendable {}
