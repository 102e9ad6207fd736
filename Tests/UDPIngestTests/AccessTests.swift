// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import PushProtocol
import PushTesting
import Testing
import UDPIngest

@Suite("UDP: who may send, and what a stranger learns")
struct AccessTests {
    @Test("the address and the secret must be of one entry")
    func oneEntry() throws {
        try DatagramFixture.run(allow: ["192.0.2.1=one", "10.0.0.0/8=two", "2001:db8::/32=six"]) { port in
            let command = #"{"sk":"SK","to_uid":"1","content":{"text":"long enough for an error of its own"}}"#
            let cases: [(String, String, Int)] = [
                ("192.0.2.1", "one", 200), ("10.255.0.1", "two", 200), ("2001:db8:1::1", "six", 200),
                ("::ffff:10.0.0.1", "two", 200), ("192.0.2.1", "two", 403), ("10.0.0.1", "one", 403),
                ("192.0.2.2", "one", 403), ("11.0.0.1", "two", 403), ("127.0.0.1", "one", 403), ("::1", "one", 403),
                ("192.0.2.1", "", 403), ("192.0.2.1", "On", 403), ("192.0.2.1", "one ", 403), ("192.0.2.1", "ONE", 403),
            ]
            for (address, secret, code) in cases {
                let reply = port.reply(to: command.replacing("SK", with: secret), from: address)
                #expect(reply.code == code, "\(address) \(secret)")
            }
        }
    }

    @Test("a secret of digits may come as a number; without one there is no access, also from loopback")
    func secretForms() throws {
        try DatagramFixture.run { port in
            let client = port.hub.logIn("1")
            #expect(port.reply(to: #"{"sk":123456,"to_uid":"1","content":1}"#).code == 200)
            for secret in [#""1234567""#, "1234567", "null", "true", "[123456]", #"{"a":1}"#, "123456.0"] {
                let reply = port.reply(to: #"{"sk":\#(secret),"to_uid":"1","content":"something to fill it up"}"#)
                #expect(reply.code == 403, "\(secret)")
            }
            #expect(port.reply(to: #"{"to_uid":"1","content":"something to fill it up to the length"}"#).code == 403)
            #expect(client.texts.count == 1)
        }
    }

    @Test("nothing of a datagram is looked at that comes from an address that may not send")
    func notParsed() throws {
        try DatagramFixture.run { port in
            for datagram in ["{", "[[[[", DatagramFixture.message(), String(repeating: "x", count: 61_000)] {
                for reply in port.answer(to: datagram, from: "192.0.2.9") {
                    let reply = try Reply.one(reply)
                    #expect(reply.onLine == 0)
                    #expect(reply.code == nil || reply.code == 403)
                }
            }
        }
    }

    @Test("no secret ever stands in a reply or in what a client gets")
    func noSecret() throws {
        try DatagramFixture.run(allow: ["127.0.0.1=s3cr3t"]) { port in
            let client = port.hub.logIn("1")
            let commands = [
                #"{"sk":"s3cr3t","to_uid":"1","content":1}"#,
                #"{"sk":"s3cr3t","data":{"sk":"s3cr3t","to_uid":"1","content":1}}"#,
                #"{"s\u006b":"s3cr3t","to_uid":"1","content":1,"access_token":"s3cr3t","client_id":"s3cr3t"}"#,
                #"{"sk":"s3cr3t","means":"s3cr3t"}"#, #"{"sk":"s3cr3t","to_uid":"s3cr3t!"}"#, #"{"sk":"s3cr3t""#,
                #"{"sk":"s3cr3t","sk":"s3cr3t"}"#,
                #"{"sk":"s3cr3t","means":"to_fd_all","data":{"sk":"s3cr3t","content":1}}"#,
                #"{"sk":"s3cr3t","means":"toAll","data":{"sk":"s3cr3t","content":1}}"#,
            ]
            let array = "[\(commands.filter { $0.hasSuffix("}") && !$0.contains(#","sk""#) }.joined(separator: ","))]"
            for command in commands + [array] {
                for reply in port.answer(to: command) { #expect(!reply.contains("s3cr3t"), "\(command)") }
            }
            #expect(!client.texts.isEmpty)
            for text in client.texts { #expect(!text.contains("s3cr3t"), "\(text)") }
        }
    }

    @Test("the reply to a refused datagram is never longer than it, and there is none under 12 bytes")
    func noAmplification() throws {
        let wholes = [
            DatagramFixture.message(), "[\(DatagramFixture.message())]", String(repeating: "x", count: 200),
            String(repeating: "[", count: 200), "[" + String(repeating: "{},", count: 15) + "{}]",
            "[" + String(repeating: "1,", count: 15) + "1]", "[" + String(repeating: "1,", count: 99) + "1]",
            #"{"sk":"wrong","request_id":"\#(String(repeating: #"\u0001"#, count: 64))"}"#,
        ]
        try DatagramFixture.run { port in
            for address in ["127.0.0.1", "192.0.2.9"] {
                for whole in wholes {
                    for length in 0...whole.utf8.count {
                        let datagram = Array(whole.utf8.prefix(length))
                        port.send(datagram, from: address)
                        port.hub.run()
                        for reply in port.replies() {
                            if reply.contains(#""code":200"#) { continue }
                            #expect(
                                reply.utf8.count <= length, "\(String(decoding: datagram, as: UTF8.self)) got \(reply)")
                        }
                    }
                }
            }
        }
    }

    @Test(
        "a small array of nonsense from an allowed address is no lever either",
        arguments: ["[1]", "[{}]", "[{},{}]", "[[],1]"])
    func smallArrays(datagram: String) throws {
        try DatagramFixture.run { port in
            for reply in port.answer(to: datagram) { #expect(reply.utf8.count <= datagram.utf8.count, "got \(reply)") }
        }
    }

    @Test("a datagram of exactly the limit is read, one byte more is refused 413", arguments: [60 * 1024, 1_000])
    func size(limit: Int) throws {
        try DatagramFixture.run(maximumDatagramBytes: limit) { port in
            let client = port.hub.logIn("1")
            let empty = DatagramFixture.message(#""""#)
            for excess in 0...1 {
                let filler = String(repeating: "x", count: limit + excess - empty.utf8.count)
                let reply = port.reply(to: DatagramFixture.message("\"\(filler)\""))
                #expect(reply.code == (excess == 0 ? 200 : 413))
            }
            #expect(client.texts.count == 1)
        }
    }

    @Test("a reply stays under 1,024 bytes, whatever is in it")
    func replySize() throws {
        try DatagramFixture.run(further: [Talk()]) { port in
            for count in [1, 32, 64] {
                let id = String(repeating: #"\u0001"#, count: count)
                let replies = port.answer(to: DatagramFixture.command("talk", "{}", #","request_id":"\#(id)""#))
                #expect(replies.count == 1)
                #expect(replies[0].utf8.count < 1_024)
                let reply = try Reply.one(replies[0])
                #expect(reply.requestID == String(repeating: "\u{1}", count: count))
            }
        }
    }

    @Test("replies of one read leave with one flush, and go to whom they answer")
    func flush() throws {
        try DatagramFixture.run { port in
            for _ in 0..<5 {
                port.channel.pipeline.fireChannelRead(
                    AddressedEnvelope(
                        remoteAddress: try SocketAddress(ipAddress: "127.0.0.1", port: 7),
                        data: ByteBuffer(string: DatagramFixture.message())
                    )
                )
            }
            #expect(port.recorder.count(.flush) == 0)
            port.channel.pipeline.fireChannelReadComplete()
            #expect(port.recorder.count(.flush) == 1)
            for _ in 0..<5 {
                let reply = try #require(try port.channel.readOutbound(as: AddressedEnvelope<ByteBuffer>.self))
                #expect(reply.remoteAddress.port == 7)
            }
        }
    }

    @Test("an entry is an address or a range, and a secret that is not empty")
    func entries() {
        #expect(UDPConfiguration.AllowEntry("127.0.0.1=a")?.secret == "a")
        #expect(UDPConfiguration.AllowEntry("10.0.0.0/8=a=b")?.secret == "a=b")
        for text in ["", "=", "127.0.0.1", "127.0.0.1=", "=a", "localhost=a", "10.0.0.0/33=a", "127.0.0.1 =a"] {
            #expect(UDPConfiguration.AllowEntry(text) == nil, "\(text)")
        }
    }
}
