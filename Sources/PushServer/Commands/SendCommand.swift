// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import PushCore
internal import PushProtocol
internal import ServerConfig
internal import UDPIngest

/// `push-server send`
struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Sends one UDP command to the configured server and prints its reply."
    )

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "What to do.") var means = "to_uid"
    @Option(name: .customLong("to"), help: "The uid that it is for.") var recipient: String?
    @Option(help: "The uid of the sender.") var uid: String?
    @Option(help: "The type of the message.") var type = MessageBody.defaultType
    @Option(help: "The secret (default: the configured or generated one for loopback).") var sk: String?
    @Option(help: "Signs with the key of this id, of udp.keys, instead of giving a secret.") var key: String?
    @Option(help: "Seconds to wait for the reply.") var timeout: Int64 = 6
    @Flag(help: "Ask for a reply only when the message is safe.") var stored = false
    @Option(help: "The whole object `data`, as JSON, instead of the options for it.") var data: String?
    @Argument(help: "The text to send.") var text: String?

    func run() async throws {
        let configuration = try self.options.read()
        let datagram = try self.datagram(configuration)
        let host = Links.reachable(configuration.udp.host)
        let address = try SocketAddress.makeAddressResolvingHost(host, port: configuration.udp.port)
        let reply = try await self.exchange(datagram, with: address)
        print(reply)
        // Refused by the server: for scripts.
        if !reply.contains("\"code\":20") && !reply.contains("\"onLine\":1") { throw ExitCode(1) }
    }

    private func datagram(_ configuration: ServerConfiguration) throws -> ByteBuffer {
        guard let id = self.key else {
            guard let secret = try self.sk ?? Secrets.load(configuration).loopbackSecret else {
                throw ValidationError("no secret for 127.0.0.1 in udp.allow; give one with --sk, or sign with --key")
            }
            return self.command(secret)
        }
        guard let key = configuration.udp.keys.first(where: { $0.id == id }) else {
            throw ValidationError("there is no key '\(id)' in udp.keys")
        }
        return SignedEnvelope.sealed(
            String(buffer: self.command(nil)), key: id, secret: key.secret,
            milliseconds: SystemClock().now().milliseconds, nonce: UUID().uuidString
        )
    }

    private func command(_ secret: String?) -> ByteBuffer {
        var command = ByteBuffer(string: "{\"means\":")
        command.writeJSONString(self.means)
        if let secret {
            command.writeStaticString(",\"sk\":")
            command.writeJSONString(secret)
        }
        if self.stored { command.writeStaticString(",\"ack\":\"stored\"") }
        command.writeStaticString(",\"data\":")
        if let data = self.data {
            command.writeString(data)
        } else {
            command.writeStaticString("{\"type\":")
            command.writeJSONString(self.type)
            for (name, value) in [("to_uid", self.recipient), ("uid", self.uid)] {
                guard let value else { continue }
                command.writeString(",\"\(name)\":")
                command.writeJSONString(value)
            }
            if let text = self.text {
                command.writeStaticString(",\"content\":{\"type\":\"text\",\"value\":")
                command.writeJSONString(text)
                command.writeStaticString("}")
            }
            command.writeStaticString("}")
        }
        command.writeStaticString("}")
        return command
    }

    private func exchange(_ command: ByteBuffer, with address: SocketAddress) async throws -> String {
        let group = MultiThreadedEventLoopGroup.singleton
        let promise = group.next().makePromise(of: String.self)
        let channel = try await DatagramBootstrap(group: promise.futureResult.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ReplyHandler(reply: promise))
                }
            }
            .connect(to: address).get()
        let timeout = channel.eventLoop.scheduleTask(in: .seconds(self.timeout)) {
            promise.fail(ValidationError("no reply from \(address) in \(self.timeout) s"))
        }
        defer { timeout.cancel() }
        try await channel.writeAndFlush(AddressedEnvelope(remoteAddress: address, data: command)).get()
        let reply = try await promise.futureResult.get()
        try? await channel.close().get()
        return reply
    }
}

/// Takes the first datagram.
private final class ReplyHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let reply: EventLoopPromise<String>

    init(reply: EventLoopPromise<String>) {
        self.reply = reply
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.reply.succeed(String(buffer: self.unwrapInboundIn(data).data))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.reply.fail(error)
    }
}
