// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import PushCore
import PushProtocol
import PushTesting
import UDPIngest

/// The UDP port of one loop, on a socket that the test plays.
final class DatagramFixture {
    static let secret = "123456"

    let hub: HubFixture
    let channel: EmbeddedChannel
    let recorder = OutboundRecorder()
    let shared: DatagramHandler.Shared

    /// - Parameter shared: what the sockets of all loops share; made of the other parameters where it is not given.
    init(
        hub: HubFixture = HubFixture(), loop: Int = 0, allow: [String] = ["127.0.0.1=\(DatagramFixture.secret)"],
        keys: [String] = [], maximumNonces: Int = 1_000, further: [any Means] = [],
        maximumDatagramBytes: Int = 60 * 1024, shared: DatagramHandler.Shared? = nil
    ) throws {
        self.hub = hub
        self.channel = EmbeddedChannel(handler: self.recorder, loop: hub.loops[loop])
        let shared =
            shared
            ?? DatagramHandler.Shared(
                UDPConfiguration(
                    host: "", port: 0, allow: allow.compactMap { UDPConfiguration.AllowEntry($0) },
                    keys: keys.compactMap { UDPConfiguration.SigningKey($0) }, maximumNonces: maximumNonces,
                    maximumDatagramBytes: maximumDatagramBytes
                ),
                registry: MeansRegistry(further: further), clock: hub.clock,
                requests: RecentRequests(capacity: 10_000, lifetime: 600 * 1_000_000_000)
            )
        self.shared = shared
        let handler = DatagramHandler(shared, hub: hub.hub, shard: hub.shard(loop))
        try self.channel.pipeline.syncOperations.addHandler(handler)
        self.channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 9502), promise: nil)
    }

    /// Runs a test on a port, and closes it behind the test.
    static func run(
        hub: HubFixture = HubFixture(), allow: [String] = ["127.0.0.1=\(DatagramFixture.secret)"],
        keys: [String] = [], maximumNonces: Int = 1_000, further: [any Means] = [],
        maximumDatagramBytes: Int = 60 * 1024, _ body: (DatagramFixture) throws -> Void
    ) throws {
        let fixture = try DatagramFixture(
            hub: hub, allow: allow, keys: keys, maximumNonces: maximumNonces, further: further,
            maximumDatagramBytes: maximumDatagramBytes
        )
        defer { fixture.end() }
        try body(fixture)
    }

    func end() {
        // What still waits for the archive gets its 202, so that no promise is left without an answer.
        self.hub.loops.forEach { $0.advanceTime(by: .seconds(10)) }
        _ = try? self.channel.finish(acceptAlreadyClosed: true)
        self.hub.run()
    }

    /// A datagram comes; the loop does not turn.
    func send(_ bytes: [UInt8], from address: String = "127.0.0.1") {
        guard let peer = try? SocketAddress(ipAddress: address, port: 5_000) else { preconditionFailure(address) }
        _ = try? self.channel.writeInbound(AddressedEnvelope(remoteAddress: peer, data: ByteBuffer(bytes: bytes)))
    }

    func send(_ text: String, from address: String = "127.0.0.1") {
        self.send(Array(text.utf8), from: address)
    }

    /// The replies since the last look.
    func replies() -> [String] {
        var replies: [String] = []
        while let reply = try? self.channel.readOutbound(as: AddressedEnvelope<ByteBuffer>.self) {
            replies.append(String(buffer: reply.data))
        }
        return replies
    }

    /// What is replied to a datagram once the loops have turned.
    func answer(to text: String, from address: String = "127.0.0.1") -> [String] {
        self.send(text, from: address)
        self.hub.run()
        return self.replies()
    }

    /// A command with the right secret: `means`, and `data` as JSON, and further members. Long enough for any error: one
    /// that is longer than the command would not be sent.
    static func command(_ means: String?, _ data: String, _ further: String = "") -> String {
        let means = means.map { #","means":"\#($0)""# } ?? ""
        let padding = String(repeating: "-", count: 100)
        return #"{"sk":"\#(self.secret)"\#(means),"data":\#(data)\#(further),"padding":"\#(padding)"}"#
    }

    /// The command of the chat protocol's example.
    static func message(to uid: String = #""1""#, _ content: String = #"{"v":1}"#, _ further: String = "") -> String {
        self.command("to_uid", #"{"to_uid":\#(uid),"content":\#(content)}"#, further)
    }
}
