// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import PushCore
import PushProtocol
import PushTesting
import Testing
import UDPIngest

@Suite("UDP: signed datagrams")
struct SignedTests {
    private static let secret = "correct-horse-battery-staple"
    private static let otherSecret = "another-secret-of-some-length"
    private static let keys = ["web-1=\(Self.secret)", "web-2=\(Self.otherSecret)"]
    /// An address that no entry allows.
    private static let anywhere = "192.0.2.77"
    private static let message = #"{"to_uid":"1","content":{"v":1}}"#
    private static let sixteen = "[\([String](repeating: Self.message, count: 16).joined(separator: ","))]"

    private static func run(
        hub: HubFixture = HubFixture(), keys: [String] = SignedTests.keys, maximumNonces: Int = 10_000,
        _ body: (DatagramFixture) throws -> Void
    ) throws {
        try DatagramFixture.run(hub: hub, keys: keys, maximumNonces: maximumNonces, body)
    }

    private static func signed(
        _ body: String = SignedTests.message, at time: Int64 = 1_600_000_000_000, nonce: String = "n-1",
        key: String = "web-1", secret: String = SignedTests.secret
    ) -> String {
        String(buffer: SignedEnvelope.sealed(body, key: key, secret: secret, milliseconds: time, nonce: nonce))
    }

    @Test("what a key's holder signed is carried out, from any address, without a secret or with any")
    func anyAddress() throws {
        try Self.run { port in
            let client = port.hub.logIn("1")
            let bodies = [
                Self.message, #"{"means":"to_uid","data":{"to_uid":"1","content":1}}"#,
                #"{"sk":"wrong","to_uid":"1","content":1}"#,
                #"{"sk":[],"means":"toUid","data":{"to_uid":1,"content":1}}"#,
            ]
            for (index, body) in bodies.enumerated() {
                for address in [Self.anywhere, "127.0.0.1", "2001:db8::1"] {
                    let reply = port.reply(to: Self.signed(body, nonce: "\(index)-\(address)"), from: address)
                    #expect(reply.code == 200, "\(body) from \(address)")
                }
            }
            #expect(client.texts.count == 12)
            #expect(client.texts.allSatisfy { !$0.contains("wrong") })
            #expect(port.hub.shard().counters.commandsDone == 12)
            #expect(port.hub.shard().counters.datagramsRefused == 0)
        }
    }

    @Test("an array of at most 16 is one signed datagram")
    func arrays() throws {
        try Self.run { port in
            let client = port.hub.logIn("1")
            let replies = port.answer(to: Self.signed(Self.sixteen), from: Self.anywhere)
            let codes = try Reply.all(try #require(replies.first)).map(\.code)
            #expect(codes == [Int](repeating: 200, count: 16))
            #expect(client.texts.count == 16)
            let more = Self.sixteen.dropLast() + ",\(Self.message)]"
            #expect(port.reply(to: Self.signed(String(more), nonce: "n-2"), from: Self.anywhere).code == 400)
            #expect(client.texts.count == 16)
        }
    }

    @Test(
        "what is wrong inside is told, and its nonce is used up",
        arguments: ["", "1", "{", "[]", #"{"means":"x"}"#, "{}"])
    func wrongBody(body: String) throws {
        try Self.run { port in
            #expect(port.reply(to: Self.signed(body), from: Self.anywhere).code == 400)
            #expect(port.reply(to: Self.signed(body), from: Self.anywhere).message == "the nonce was used before")
        }
    }

    @Test("no key of that name, another secret, a changed member: one answer, and the nonce is still free")
    func forged() throws {
        try Self.run { port in
            let client = port.hub.logIn("1")
            let good = Self.signed()
            let forgeries = [
                Self.signed(key: "web-2"), Self.signed(key: "web-3"), Self.signed(secret: "x"), Self.signed(secret: ""),
                good.replacing("1600000000000", with: "1600000000001"), good.replacing("n-1", with: "n-2"),
                good.replacing(#"\"v\":1"#, with: #"\"v\":2"#), good.replacing("web-1", with: "web-2"),
            ]
            for forgery in forgeries {
                #expect(port.reply(to: forgery, from: Self.anywhere).message == "wrong signature", "\(forgery)")
            }
            #expect(port.hub.shard().counters.signaturesWrong == forgeries.count)
            #expect(port.shared.nonces.count == 0)
            #expect(client.texts.isEmpty)
            #expect(port.reply(to: good, from: Self.anywhere).code == 200)
        }
    }

    @Test("a datagram that was recorded is not carried out again, whichever loop reads it")
    func replay() throws {
        let hub = HubFixture(loops: 2)
        let first = try DatagramFixture(hub: hub, loop: 0, keys: Self.keys)
        let second = try DatagramFixture(hub: hub, loop: 1, shared: first.shared)
        defer {
            first.end()
            second.end()
        }
        let client = hub.logIn("1")
        let datagram = Self.signed()
        #expect(first.reply(to: datagram, from: Self.anywhere).code == 200)
        for port in [first, second] {
            #expect(port.reply(to: datagram, from: Self.anywhere).message == "the nonce was used before")
            #expect(port.reply(to: datagram, from: "127.0.0.1").code == 403)
        }
        #expect(client.texts.count == 1)
        #expect(hub.shard(0).counters.noncesRepeated == 2)
        #expect(hub.shard(1).counters.noncesRepeated == 2)
    }

    @Test("the time of the signature is judged by the server's clock, and none from before its start passes")
    func time() throws {
        try Self.run { port in
            let start: Int64 = 1_600_000_000_000
            var number = 0
            func message(at time: Int64) -> String? {
                number += 1
                return port.reply(to: Self.signed(at: time, nonce: "n\(number)"), from: Self.anywhere).message
            }
            #expect(message(at: start - 1) == "ts is from before the server's start")
            #expect(message(at: start) == nil)
            #expect(message(at: start + 60_000) == nil)
            #expect(message(at: start + 60_001) == "ts is more than 60 s from the server's clock")
            port.hub.clock.advance(by: .seconds(60))
            #expect(message(at: start) == nil)
            port.hub.clock.advance(by: .milliseconds(1))
            #expect(message(at: start) == "ts is more than 60 s from the server's clock")
            #expect(port.hub.shard().counters.timestampsRefused == 3)
        }
    }

    @Test("a full table refuses what is new with 503, and carries nothing of it out; after two minutes it is empty")
    func full() throws {
        try Self.run(maximumNonces: 16) { port in
            let client = port.hub.logIn("1")
            let codes = (0..<200).map { port.reply(to: Self.signed(nonce: "n\($0)"), from: Self.anywhere).code }
            #expect(Set(codes) == [200, 503])
            #expect(client.texts.count == codes.count { $0 == 200 })
            #expect(port.shared.nonces.count == 16)
            #expect(port.hub.shard().counters.noncesRefused == codes.count { $0 == 503 })
            port.hub.clock.advance(by: .seconds(120))
            let free = try #require(codes.firstIndex(of: 503))
            let later = Self.signed(at: 1_600_000_120_000, nonce: "n\(free)")
            #expect(port.reply(to: later, from: Self.anywhere).code == 200)
        }
    }

    @Test("names are each key's own, and a retry is signed anew")
    func names() throws {
        try Self.run { port in
            let client = port.hub.logIn("1")
            let named = #"{"to_uid":"1","content":1,"request_id":"a"}"#
            let first = port.answer(to: Self.signed(named), from: Self.anywhere)
            #expect(port.answer(to: Self.signed(named, nonce: "n-2"), from: "192.0.2.78") == first)
            let other = Self.signed(named, key: "web-2", secret: Self.otherSecret)
            #expect(port.answer(to: other, from: Self.anywhere) != first)
            let plain = DatagramFixture.message("1", #","request_id":"a""#)
            #expect(port.answer(to: plain) != first)
            #expect(client.texts.count == 3)
        }
    }

    @Test("with keys or without, a stranger's plain datagram is not looked at, and not allowed")
    func strangers() throws {
        let datagrams = [
            DatagramFixture.message(), "[\(Self.signed())]", "{", "\u{0}", String(repeating: "x", count: 61_000),
            #"{"key":"web-1","ts":1,"nonce":"n","mac":"","sk":"123456","body":"{}","to_uid":"1","content":"filler"}"#,
        ]
        for keys in [[], Self.keys] {
            try Self.run(keys: keys) { port in
                let datagrams = datagrams + (keys.isEmpty ? [Self.signed()] : [])
                for datagram in datagrams {
                    for reply in port.answer(to: datagram, from: Self.anywhere) {
                        let reply = try Reply.one(reply)
                        #expect(reply.code == nil || reply.message == "not allowed", "\(datagram.prefix(80))")
                    }
                }
                #expect(port.hub.shard().counters.datagramsFromStrangers == datagrams.count)
                #expect(port.hub.shard().counters.datagramsRefused == datagrams.count)
            }
        }
    }

    @Test("an allowed address may sign, or name its secret; with a secret, an envelope's members are the message's own")
    func allowedAddress() throws {
        try Self.run { port in
            let client = port.hub.logIn("1")
            #expect(port.reply(to: Self.signed()).code == 200)
            #expect(port.reply(to: DatagramFixture.message()).code == 200)
            let flat = #"{"sk":"123456","to_uid":"1","content":1,"key":"k","ts":1,"nonce":"n","mac":"m","body":"b"}"#
            #expect(port.reply(to: flat).code == 200)
            #expect(client.texts.last?.contains(#""nonce":"n""#) == true)
            let malformed = Self.signed(nonce: "n-9").replacing("n-9", with: "n 9")
            #expect(port.reply(to: malformed).message == "nonce must be 1-64 visible characters of ASCII")
        }
    }

    @Test("the reply to a signed datagram that is refused is never longer than it")
    func noAmplification() throws {
        try Self.run { port in
            let long = #"{"means":5,"request_id":"\#(String(repeating: #"\u0001"#, count: 64))"}"#
            let empty = "[\([String](repeating: "{}", count: 16).joined(separator: ","))]"
            let wholes = [
                Self.signed(), Self.signed("{}", nonce: "n-2"), Self.signed(empty, nonce: "n-3"),
                Self.signed(long, nonce: "n-4"), #"{"key":"k","ts":1,"nonce":"n","mac":"","body":""}"#,
            ]
            for whole in wholes {
                for length in 0...whole.utf8.count {
                    let datagram = Array(whole.utf8.prefix(length))
                    port.send(datagram, from: Self.anywhere)
                    port.hub.run()
                    for reply in port.replies() where !reply.contains(#""code":200"#) {
                        #expect(reply.utf8.count <= length, "\(String(decoding: datagram, as: UTF8.self)) got \(reply)")
                    }
                }
            }
        }
    }

    @Test("who may send is what was set last")
    func reload() throws {
        try Self.run { port in
            func update(allow: [String], keys: [String]) {
                let configuration = UDPConfiguration(
                    host: "", port: 0, allow: allow.compactMap { UDPConfiguration.AllowEntry($0) },
                    keys: keys.compactMap { UDPConfiguration.SigningKey($0) }
                )
                port.shared.access.set(UDPAccess(configuration))
            }
            let named = DatagramFixture.message("1", #","request_id":"a""#)
            let first = port.answer(to: named)
            update(allow: ["10.0.0.1=x", "127.0.0.1=123456"], keys: [])
            #expect(port.reply(to: Self.signed(), from: Self.anywhere).message == "not allowed")
            #expect(port.answer(to: named) == first, "an entry keeps its names wherever it stands")
            update(allow: [], keys: Self.keys)
            #expect(port.reply(to: Self.signed(), from: Self.anywhere).code == 200)
            #expect(port.reply(to: DatagramFixture.message()).message == "not allowed")
        }
    }

    @Test("a key has a name and a secret of at least 16 bytes")
    func keys() {
        #expect(UDPConfiguration.SigningKey("web-1=0123456789abcdef")?.secret == "0123456789abcdef")
        #expect(UDPConfiguration.SigningKey("a=0123456789abcde=f")?.id == "a")
        for text in ["", "=", "web-1", "web-1=", "=0123456789abcdef", "web-1=0123456789abcde", "w b=0123456789abcdef"] {
            #expect(UDPConfiguration.SigningKey(text) == nil, "\(text)")
        }
    }

    @Test("whatever is signed, and whatever is done to it, stops nothing and is no lever")
    func fuzz() throws {
        let hub = HubFixture(archiving: .all, queueLimit: 1 << 30)
        try Self.run(hub: hub, maximumNonces: 1_000_000) { port in
            let client = hub.logIn("1")
            var number = 0
            try Fuzz.run("signed datagrams") { generator in
                number += 1
                let body = generator.once(in: 2) ? Array(Self.message.utf8) : generator.bytes(generator.below(300))
                let text = String(decoding: generator.mutated(body, atMost: 3), as: UTF8.self)
                let datagram = Array(Self.signed(text, nonce: "f\(number)").utf8)
                return generator.once(in: 2) ? datagram : generator.mutated(datagram, atMost: 3)
            } check: { datagram, _ in
                port.send(datagram, from: Self.anywhere)
                hub.run()
                let replies = port.replies()
                try #require(replies.count <= 1)
                if let reply = replies.first {
                    try #require(reply.contains(#""code":20"#) || reply.utf8.count <= datagram.count)
                }
                client.forget()
            }
            port.hub.clock.advance(by: .seconds(120))
            #expect(port.reply(to: Self.signed(at: 1_600_000_120_000), from: Self.anywhere).code == 200)
        }
    }
}
