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

    /// What the sockets of all loops share.
    package struct Shared: Sendable {
        package let configuration: UDPConfiguration
        /// Who may send; a reload changes it.
        package let access: Live<UDPAccess>
        package let nonces: NonceTable
        package let registry: MeansRegistry
        /// Commands that their senders have named.
        package let requests: RecentRequests<EventLoopFuture<DatagramReply>>
        package let clock: any ServerClock

        package init(
            _ configuration: UDPConfiguration, registry: MeansRegistry, clock: any ServerClock,
            requests: RecentRequests<EventLoopFuture<DatagramReply>> = RecentRequests(
                capacity: 1_000_000, lifetime: 600 * 1_000_000_000
            )
        ) {
            self.configuration = configuration
            self.access = Live(UDPAccess(configuration))
            self.nonces = NonceTable(capacity: configuration.maximumNonces, start: clock.now().milliseconds)
            self.registry = registry
            self.requests = requests
            self.clock = clock
        }
    }

    /// Who sent a datagram, as far as that is known before its commands are read.
    private enum Sender {
        /// Somebody at the address of some entries: each command has to name the secret of one of them.
        case address(entries: [Int])
        /// The holder of a key, who has signed all of it.
        case key(String)
    }

    private let shared: Shared
    private let hub: Hub
    private let shard: Shard
    private var access: Live<UDPAccess>.Copy
    private var context: ChannelHandlerContext?
    /// Whether a read is being handled, at whose end replies are flushed together.
    private var isReading = false

    package init(_ shared: Shared, hub: Hub, shard: Shard) {
        self.shared = shared
        self.hub = hub
        self.shard = shard
        self.access = Live.Copy(of: shared.access)
    }

    package func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    package func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = self.unwrapInboundIn(data)
        if !self.isReading {
            self.isReading = true
            self.shard.now = self.shared.clock.now()
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
        self.access.refresh()
        let entries = self.access.value.allow.entries(for: IPAddress(address))
        guard !entries.isEmpty || self.access.value.hasKeys else { return self.refuseStranger(text, address) }
        guard text.count <= self.shared.configuration.maximumDatagramBytes else {
            if !entries.isEmpty { self.shard.counters.datagramsTooLarge += 1 }
            let error = FrameError(code: 413, message: "datagram too large")
            return self.refuse(error, isStranger: entries.isEmpty, text, address)
        }
        guard UTF8Validation.isValid(text) else {
            return self.refuse(.malformed("not UTF-8"), isStranger: entries.isEmpty, text, address)
        }
        let value: JSONValue
        do { value = try self.shard.scanner.scan(text) } catch {
            return self.refuse(FrameError(error), isStranger: entries.isEmpty, text, address)
        }
        do throws(FrameError) {
            if self.access.value.hasKeys, value.kind == .object,
                let envelope = try SignedEnvelope.decode(self.shard.scanner.members, in: text)
            {
                try self.checkSignature(of: envelope)
                envelope.body.withUnsafeBytes {
                    self.perform($0, scanned: nil, .key(envelope.key), requestBytes: text.count, address)
                }
            } else if entries.isEmpty {
                self.refuseStranger(text, address)
            } else {
                self.perform(text, scanned: value, .address(entries: entries), requestBytes: text.count, address)
            }
        } catch {
            self.refuse(error, requestBytes: text.count, address)
        }
    }

    /// Goes on where a key's holder signed an envelope, in this minute and for the first time.
    private func checkSignature(of envelope: SignedEnvelope) throws(FrameError) {
        do throws(SignatureRefusal) {
            guard let secret = self.access.value.secret(of: envelope.key), envelope.isAuthentic(by: secret) else {
                throw .wrongSignature
            }
            try self.shared.nonces.take(envelope, now: self.shard.now.milliseconds)
        } catch {
            self.shard.counters[keyPath: error.counter] += 1
            throw error.error
        }
    }

    /// Carries out the commands of a datagram, or of what was signed, and replies.
    ///
    /// - Parameters:
    ///   - text: valid UTF-8.
    ///   - value: what the scan that was the last one gave of it; nil where it has not been scanned.
    private func perform(
        _ text: UnsafeRawBufferPointer, scanned value: JSONValue?, _ sender: Sender, requestBytes: Int,
        _ address: SocketAddress
    ) {
        do throws(FrameError) {
            let (commands, isArray) =
                if let value {
                    try DatagramCommand.decode(value, in: text, scanner: self.shard.scanner)
                } else {
                    try DatagramCommand.decode(text, scanner: self.shard.scanner)
                }
            if isArray {
                self.performAll(commands, sender, requestBytes: requestBytes, address)
            } else if let command = commands.first {
                self.perform(command, sender) { reply in
                    guard command.wantsReply else { return }
                    self.send(ReplyDatagram.one(reply, requestBytes: requestBytes), address)
                }
            }
        } catch {
            self.refuse(error, requestBytes: requestBytes, address)
        }
    }

    private func performAll(
        _ commands: [Result<DatagramCommand, DatagramCommand.Refusal>], _ sender: Sender, requestBytes: Int,
        _ address: SocketAddress
    ) {
        let wantsReply = commands.contains { $0.wantsReply }
        var replies = [DatagramReply?](repeating: nil, count: commands.count)
        var missing = commands.count
        for (index, command) in commands.enumerated() {
            self.perform(command, sender) { reply in
                replies[index] = reply
                missing -= 1
                guard missing == 0, wantsReply else { return }
                self.send(ReplyDatagram.array(replies.compactMap { $0 }, requestBytes: requestBytes), address)
            }
        }
    }

    // MARK: - Commands

    private func perform(
        _ command: Result<DatagramCommand, DatagramCommand.Refusal>, _ sender: Sender,
        reply: @escaping (DatagramReply) -> Void
    ) {
        do throws(DatagramCommand.Refusal) {
            let command = try command.get()
            do throws(FrameError) {
                let scope = try self.scope(of: command, from: sender)
                guard let requestID = command.requestID else { return try self.carryOut(command, reply: reply) }
                self.carryOutOnce(command, name: RequestName(scope: scope, name: requestID)) { answer in
                    var answer = answer
                    answer.requestID = requestID
                    reply(answer)
                }
            } catch {
                throw DatagramCommand.Refusal(error, requestID: command.requestID)
            }
        } catch {
            self.shard.counters.datagramsRefused += 1
            reply(DatagramReply(error.error, requestID: error.requestID))
        }
    }

    /// Whose the command's name is.
    ///
    /// - Throws: where the command is not its sender's to give.
    private func scope(of command: DatagramCommand, from sender: Sender) throws(FrameError) -> String {
        switch sender {
        case .key(let id):
            return "key \(id)"
        case .address(let entries):
            let allow = self.access.value.allow
            guard let entry = allow.entry(among: entries, secret: command.secret) else {
                self.shard.counters.secretsWrong += 1
                throw .forbidden("wrong sk")
            }
            return allow.scope(of: entry)
        }
    }

    private func carryOut(_ command: DatagramCommand, reply: @escaping (DatagramReply) -> Void) throws(FrameError) {
        guard let means = self.shared.registry[command.means] else { throw .malformed("unknown means") }
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
        let answer = self.shared.requests.remember(promise.futureResult, for: name, uptime: self.shard.now.uptime)
        answer.hop(to: loop).whenSuccess { bound.value($0) }
        guard answer === promise.futureResult else {
            // Somebody else keeps the promise of that name.
            promise.succeed(DatagramReply(isOnline: false))
            return
        }
        let requests = self.shared.requests
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

    private func refuse(
        _ error: FrameError, isStranger: Bool, _ text: UnsafeRawBufferPointer, _ address: SocketAddress
    ) {
        // A stranger learns no more than that it is one.
        if isStranger {
            self.refuseStranger(text, address)
        } else {
            self.refuse(error, requestBytes: text.count, address)
        }
    }

    private func refuseStranger(_ text: UnsafeRawBufferPointer, _ address: SocketAddress) {
        self.shard.counters.datagramsFromStrangers += 1
        self.refuse(.forbidden("not allowed"), requestBytes: text.count, address)
    }

    private func refuse(_ error: FrameError, requestBytes: Int, _ address: SocketAddress) {
        self.shard.counters.datagramsRefused += 1
        self.send(ReplyDatagram.one(DatagramReply(error), requestBytes: requestBytes), address)
    }

    private func send(_ buffer: ByteBuffer?, _ address: SocketAddress) {
        guard let buffer, let context = self.context else { return }
        context.write(self.wrapOutboundOut(AddressedEnvelope(remoteAddress: address, data: buffer)), promise: nil)
        if !self.isReading { context.flush() }
    }
}

@available(*, unavailable)
extension DatagramHandler: Sendable {}

extension Result<DatagramCommand, DatagramCommand.Refusal> {
    /// Whether whoever sent the command wants to hear what came of it.
    fileprivate var wantsReply: Bool {
        switch self {
        case .success(let command): command.wantsReply
        case .failure(let refusal): refusal.wantsReply
        }
    }
}
