// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import PushTesting
import Testing

@Suite("Forwarded addresses")
struct TrustedProxiesTests {
    private static let proxies = TrustedProxies(
        ["127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48"].compactMap { AddressRange($0) })

    private static func client(_ peer: String, _ headers: [(String, String)]) -> ClientAddress {
        self.proxies.client(of: ClientAddress(IPAddress(peer))) { name in headers.filter { $0.0 == name }.map(\.1) }
    }

    private static func forwardedFor(_ lines: String..., from peer: String = "127.0.0.1") -> ClientAddress {
        self.client(peer, lines.map { ("x-forwarded-for", $0) })
    }

    private static func of(_ address: String, _ standing: ClientAddress.Standing) -> ClientAddress {
        ClientAddress(IPAddress(address), standing)
    }

    @Test("a request without them is its peer's, trusted or not", arguments: ["127.0.0.1", "192.0.2.1", "10.1.1.1"])
    func none(peer: String) {
        #expect(Self.client(peer, []) == Self.of(peer, .direct))
    }

    @Test("the rightmost that is no trusted proxy is the client, however they are written and over how many lines")
    func rightmost() {
        #expect(Self.forwardedFor("203.0.113.7") == Self.of("203.0.113.7", .forwarded))
        #expect(Self.forwardedFor("192.0.2.9, 203.0.113.7") == Self.of("203.0.113.7", .forwarded))
        #expect(Self.forwardedFor("192.0.2.9,203.0.113.7 ,\t10.0.0.3,10.0.0.2") == Self.of("203.0.113.7", .forwarded))
        #expect(Self.forwardedFor("192.0.2.9, 203.0.113.7", "10.0.0.3") == Self.of("203.0.113.7", .forwarded))
        #expect(Self.forwardedFor("192.0.2.9", "203.0.113.7", "10.0.0.3") == Self.of("203.0.113.7", .forwarded))
        #expect(Self.forwardedFor("2001:db8::7") == Self.of("2001:db8::7", .forwarded))
        #expect(Self.forwardedFor("203.0.113.7:4000") == Self.of("203.0.113.7", .forwarded))
        #expect(Self.forwardedFor("[2001:db8::7]") == Self.of("2001:db8::7", .forwarded))
        #expect(Self.forwardedFor("[2001:db8::7]:4000, [2001:db8:1::2]:1") == Self.of("2001:db8::7", .forwarded))
        #expect(Self.forwardedFor("::ffff:203.0.113.7") == Self.of("203.0.113.7", .forwarded))
    }

    @Test("garbage on the left is never looked at")
    func garbageLeft() {
        let hundred = (0..<100).map { "198.51.100.\($0)" }.joined(separator: ", ")
        for left in ["unknown", "garbage", "", "\u{0}", "[", hundred, String(repeating: ",", count: 8000)] {
            #expect(Self.forwardedFor("\(left), 203.0.113.7") == Self.of("203.0.113.7", .forwarded))
        }
    }

    @Test(
        "an entry that is no address ends the walk: nobody is named, and the last trusted proxy is counted",
        arguments: [
            "unknown", "_hidden", "", " ", "203.0.113.7:", "203.0.113.7:port", "203.0.113.7:70000", "203.0.113", "[",
            "[]", "[203.0.113.7]", "[2001:db8::7", "[2001:db8::7]x", "2001:db8::7]", "203.0.113.7 198.51.100.1",
            "203.0.113.7;", "localhost", "\"203.0.113.7\"", "0x7f000001", "203.0.113.7%eth0",
        ]
    )
    func unreadable(entry: String) {
        #expect(Self.forwardedFor(entry) == Self.of("127.0.0.1", .unproven))
        #expect(Self.forwardedFor("203.0.113.7, \(entry), 10.0.0.2") == Self.of("10.0.0.2", .unproven))
    }

    @Test("where all are trusted nobody is named, and the leftmost is counted")
    func allTrusted() {
        #expect(Self.forwardedFor("127.0.0.1") == Self.of("127.0.0.1", .unproven))
        #expect(Self.forwardedFor("10.0.0.9, 10.0.0.2") == Self.of("10.0.0.9", .unproven))
    }

    @Test("X-Real-IP is believed where there is no X-Forwarded-For, and stands once")
    func realIP() {
        func client(_ headers: (String, String)...) -> ClientAddress { Self.client("127.0.0.1", headers) }
        #expect(client(("x-real-ip", "203.0.113.7")) == Self.of("203.0.113.7", .forwarded))
        #expect(
            client(("x-real-ip", "203.0.113.7"), ("x-real-ip", "203.0.113.7")) == Self.of("203.0.113.7", .forwarded))
        #expect(
            client(("x-real-ip", "203.0.113.7"), ("x-real-ip", "203.0.113.8")) == Self.of("127.0.0.1", .unproven))
        #expect(client(("x-real-ip", "203.0.113.7, 203.0.113.8")) == Self.of("127.0.0.1", .unproven))
        #expect(client(("x-real-ip", "unknown")) == Self.of("127.0.0.1", .unproven))
        #expect(
            client(("x-real-ip", "203.0.113.8"), ("x-forwarded-for", "203.0.113.7"))
                == Self.of("203.0.113.7", .forwarded))
    }

    @Test(
        "nobody else is believed, and has no right that goes by address from then on",
        arguments: ["x-forwarded-for", "x-real-ip", "forwarded"])
    func untrusted(header: String) throws {
        let here = Self.client("127.0.0.2", [(header, "203.0.113.7")])
        #expect(here == Self.of("127.0.0.2", .unproven))
        #expect(!here.isLoopback)
        #expect(!here.isWithin([try #require(AddressRange("127.0.0.0/8"))]))
    }

    @Test("Forwarded alone is not read, and proves nothing")
    func forwardedAlone() {
        #expect(Self.client("127.0.0.1", [("forwarded", "for=203.0.113.7")]) == Self.of("127.0.0.1", .unproven))
    }

    @Test("a loopback address that was forwarded is not of this machine, and may still be in a range")
    func forwardedLoopback() throws {
        let client = Self.forwardedFor("127.0.0.9", from: "10.0.0.2")
        #expect(client == Self.of("127.0.0.9", .forwarded))
        #expect(!client.isLoopback)
        #expect(client.isWithin([try #require(AddressRange("127.0.0.0/8"))]))
    }

    @Test("a PROXY header is believed of trusted peers, and headers behind it where it names a trusted proxy")
    func proxyHeader() throws {
        let one = try #require(IPAddress("203.0.113.7"))
        let trusted = IPAddress("127.0.0.1")
        #expect(Self.proxies.origin(of: trusted, .client(one)) == ClientAddress(one, .forwarded))
        #expect(Self.proxies.origin(of: trusted, .proxy) == ClientAddress(trusted))
        #expect(Self.proxies.origin(of: trusted, .unknown) == ClientAddress(trusted, .unproven))
        #expect(Self.proxies.origin(of: one, .client(try #require(trusted))) == ClientAddress(one))

        func client(of origin: ClientAddress) -> ClientAddress {
            Self.proxies.client(of: origin) { $0 == "x-real-ip" ? ["198.51.100.1"] : [] }
        }
        #expect(client(of: ClientAddress(one, .forwarded)) == ClientAddress(one, .unproven))
        #expect(client(of: Self.of("10.0.0.2", .forwarded)) == Self.of("198.51.100.1", .forwarded))
        #expect(client(of: ClientAddress(trusted, .unproven)) == ClientAddress(trusted, .unproven))
    }

    @Test("whatever headers hold, only addresses come out, and only trusted peers change anything")
    func fuzz() throws {
        let seed = Array("203.0.113.7:80, [2001:db8::7]:1,10.0.0.2 , unknown, 127.0.0.1,::ffff:1.2.3.4".utf8)
        try Fuzz.run("X-Forwarded-For") {
            $0.mutated(seed)
        } check: { bytes, _ in
            let line = String(decoding: bytes, as: UTF8.self)
            let believed = Self.forwardedFor(line)
            try #require(believed.address != nil)
            try #require(!believed.isLoopback)
            try #require(Self.proxies.contains(believed.address) == (believed.standing == .unproven))
            try #require(Self.forwardedFor(line, from: "192.0.2.1") == Self.of("192.0.2.1", .unproven))
        }
    }
}
