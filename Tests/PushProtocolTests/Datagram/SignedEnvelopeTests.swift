// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Testing

@Suite("Signed datagrams")
struct SignedEnvelopeTests {
    static let secret = "correct-horse-battery-staple"

    /// A signature that another implementation made.
    struct Vector: Sendable {
        var key = "web-1"
        var timestamp = "1600000000000"
        var nonce = "n-1"
        var body = #"{"to_uid":"123456","content":{"type":"text","value":"hi"}}"#
        var mac: String

        /// The datagram, its body as a JSON string.
        var text: String {
            let escaped = self.body.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return #"{"key":"\#(key)","ts":\#(timestamp),"nonce":"\#(nonce)","mac":"\#(mac)","body":"\#(escaped)"}"#
        }
    }

    // By `openssl dgst -sha256 -hmac` and by Python's hmac.
    static let vectors: [Vector] = [
        Vector(mac: "edc401468a08ff59bad71ed0c33541f04a7aa5fb442ee52222b41700eee1a4c0"),
        Vector(
            nonce: "Zm9v+/==", body: #"[{"to_uid":"1","content":"é新 \"q\" \n"}]"#,
            mac: "07fc6246fbd4e2a16bf2256da40092e95548e2d5510607078b13ee54bf1aee16"
        ),
        Vector(
            key: "a.b_c-9", timestamp: "0", nonce: "~", body: "",
            mac: "194850b8f43e19f8ecaad0a77b98824249679c4d29ae1aed04efff2ee1971755"
        ),
    ]

    /// The envelope of a datagram; nil where it is none.
    static func decode(_ text: String) throws -> SignedEnvelope? {
        try withText(text) { text in
            let scanner = JSONScanner()
            _ = try scanner.scan(text)
            return try SignedEnvelope.decode(scanner.members, in: text)
        }
    }

    @Test("a signature that another implementation made is right, and ours is the same", arguments: vectors)
    func vector(_ vector: Vector) throws {
        let envelope = try #require(try Self.decode(vector.text))
        #expect(envelope.key == vector.key)
        #expect(String(envelope.milliseconds) == vector.timestamp)
        #expect(envelope.nonce == vector.nonce)
        #expect(String(decoding: envelope.body, as: UTF8.self) == vector.body)
        #expect(envelope.isAuthentic(by: Self.secret))
        #expect(!envelope.isAuthentic(by: Self.secret + "!"))
        #expect(!envelope.isAuthentic(by: ""))
        let ours = SignedEnvelope.sealed(
            vector.body, key: vector.key, secret: Self.secret, milliseconds: envelope.milliseconds, nonce: vector.nonce
        )
        #expect(String(buffer: ours) == vector.text)
    }

    @Test("escapes are undone before the signature is checked; the digits of mac may be large")
    func escapes() throws {
        let vector = Self.vectors[0]
        let text = vector.text.replacing("web-1", with: #"\u0077eb-1"#).replacing("hi", with: #"\u0068i"#)
            .replacing(vector.mac, with: vector.mac.uppercased()).replacing("nonce", with: #"n\u006fnce"#)
        #expect(try #require(try Self.decode(text)).isAuthentic(by: Self.secret))
    }

    @Test("another byte in any member is another datagram, which nobody signed")
    func tampered() throws {
        let vector = Self.vectors[0]
        let original = Array(vector.text.utf8)
        var checked = 0
        for index in original.indices {
            for bit in [UInt8(0x01), 0x02, 0x04, 0x10] {
                var bytes = original
                bytes[index] ^= bit
                let text = String(decoding: bytes, as: UTF8.self)
                // The same digit in its other case is the same signature.
                if text.lowercased() == vector.text.lowercased() { continue }
                guard let envelope = try? Self.decode(text) else { continue }
                #expect(!envelope.isAuthentic(by: Self.secret), "\(text)")
                checked += 1
            }
        }
        #expect(checked > 300)
    }

    @Test("what stands in one member cannot be moved into its neighbour")
    func boundaries() throws {
        let vector = Self.vectors[0]
        let shifted = [
            #"{"key":"web-1","ts":1600000000000,"nonce":"n-1\n{","mac":"MAC","body":"x"}"#,
            #"{"key":"web-1\n1600000000000","ts":1,"nonce":"n","mac":"MAC","body":"x"}"#,
            #"{"key":"web-1","ts":"1600000000000\nn-1","nonce":"n","mac":"MAC","body":"x"}"#,
        ]
        for text in shifted {
            #expect(throws: FrameError.self) { try Self.decode(text.replacing("MAC", with: vector.mac)) }
        }
    }

    static let refused: [(member: String, value: String)] =
        ["\"\"", "1", "null", #""a b""#, #""a=b""#, "\"\(String(repeating: "k", count: 65))\""].map { ("key", $0) }
        + ["-1", "-0", "1.0", "1e3", "\"1\"", "null", "9223372036854775808", "{}"].map { ("ts", $0) }
        + ["\"\"", "1", "null", #""a b""#, #""a\u0000""#, #""é""#, "\"\(String(repeating: "n", count: 65))\""]
        .map { ("nonce", $0) }
        + ["\"\"", "1", "null", "\"\(String(repeating: "a", count: 63))\"", "\"\(String(repeating: "a", count: 65))\""]
        .map { ("mac", $0) }
        + ["\"\(String(repeating: "a", count: 63))g\"", "\"\(String(repeating: "é", count: 32))\""].map { ("mac", $0) }
        + ["{}", "1", "null", #""\ud800""#].map { ("body", $0) }

    @Test("a member that is not what it has to be is named", arguments: refused)
    func refuses(member: String, value: String) {
        let good = [
            "key": "\"k\"", "ts": "1", "nonce": "\"n\"", "mac": "\"\(String(repeating: "0", count: 64))\"",
            "body": "\"b\"",
        ]
        let text = good.merging([member: value]) { $1 }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        let error = #expect(throws: FrameError.self) { try Self.decode("{\(text)}") }
        #expect(error?.code == 400)
        #expect(error?.message.hasPrefix(member) == true)
    }

    @Test("without any of the members, or with a secret, it is no envelope; further members do not count")
    func whole() throws {
        let text = Self.vectors[0].text
        for member in ["key", "ts", "nonce", "mac", "body"] {
            #expect(try Self.decode(text.replacing("\"\(member)\":", with: "\"x\":")) == nil)
        }
        #expect(try Self.decode(text.dropLast() + #","sk":"s"}"#) == nil)
        #expect(try Self.decode(text.dropLast() + #","v":1}"#)?.isAuthentic(by: Self.secret) == true)
    }

    @Test("a fingerprint is of the nonce and its key, and of nothing else")
    func fingerprints() throws {
        var vector = Self.vectors[0]
        let first = try #require(try Self.decode(vector.text)).fingerprint
        vector.timestamp = "1600000000001"
        vector.body = "{}"
        #expect(try Self.decode(vector.text)?.fingerprint == first)
        vector.nonce = "n-2"
        #expect(try Self.decode(vector.text)?.fingerprint != first)
        vector.nonce = "n-1"
        vector.key = "web-2"
        #expect(try Self.decode(vector.text)?.fingerprint != first)
    }
}
