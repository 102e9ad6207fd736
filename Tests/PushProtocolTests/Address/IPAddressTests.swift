// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import Testing

@Suite("IP addresses")
struct IPAddressTests {
    static let texts: [(String, String?)] = [
        ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
        ("::ffff:10.1.2.3", "10.1.2.3"), ("::1", "0:0:0:0:0:0:0:1"), ("::", "0:0:0:0:0:0:0:0"),
        ("2001:DB8::f", "2001:db8:0:0:0:0:0:f"), ("::ffff:0:0", "0.0.0.0"), ("::fffe:0:0", "0:0:0:0:0:fffe:0:0"),
        ("", nil), ("localhost", nil), ("1.2.3", nil), ("1.2.3.4.5", nil), ("256.1.1.1", nil), ("1.2.3.4 ", nil),
        ("1::2::3", nil), ("[::1]", nil), ("12345::", nil),
    ]

    @Test("are read from text, and a mapped IPv4 address is the IPv4 address", arguments: texts)
    func reads(text: String, description: String?) {
        #expect(IPAddress(text)?.description == description)
    }

    @Test("of a socket are those of its text")
    func sockets() throws {
        for text in ["10.1.2.3", "2001:db8::1:2"] {
            #expect(IPAddress(try SocketAddress(ipAddress: text, port: 9_501)) == IPAddress(text))
        }
        #expect(IPAddress("::ffff:10.1.2.3") == IPAddress("10.1.2.3"))
        #expect(IPAddress(try SocketAddress(unixDomainSocketPath: "/s")) == nil)
        #expect(IPAddress(nil as SocketAddress?) == nil)
    }

    static let loopbacks: [(String, Bool)] = [
        ("127.0.0.1", true), ("127.255.255.254", true), ("::1", true), ("::ffff:127.0.0.1", true), ("128.0.0.1", false),
        ("126.0.0.1", false), ("::2", false), ("::127.0.0.1", false), ("0.0.0.0", false),
    ]

    @Test("know this machine's own", arguments: loopbacks)
    func loopback(text: String, expected: Bool) throws {
        #expect(try #require(IPAddress(text)).isLoopback == expected)
    }

    static let ranges: [(String, [String], [String])] = [
        ("10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.1.1"], ["11.0.0.0", "9.255.255.255", "::a00:0"]),
        ("192.168.1.7", ["192.168.1.7"], ["192.168.1.6", "192.168.1.8"]),
        ("192.168.1.7/32", ["192.168.1.7"], ["192.168.1.6"]),
        ("192.168.1.7/24", ["192.168.1.0", "192.168.1.255"], ["192.168.2.7"]),
        ("0.0.0.0/0", ["1.2.3.4", "255.255.255.255"], ["::1", "2001:db8::1"]), ("::/0", ["::1", "1.2.3.4"], []),
        ("2001:db8::/33", ["2001:db8:7fff::"], ["2001:db8:8000::"]), ("::1/128", ["::1"], ["::2", "127.0.0.1"]),
    ]

    @Test("lie in a range or not", arguments: ranges)
    func contains(range: String, inside: [String], outside: [String]) throws {
        let range = try #require(AddressRange(range))
        for text in inside { #expect(range.contains(try #require(IPAddress(text)))) }
        for text in outside { #expect(!range.contains(try #require(IPAddress(text)))) }
    }

    static let badRanges = [
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/-0", "10.0.0.0/+8", "10.0.0.0/8/8",
        "10.0.0.0/8 ",
        "10.0.0.0/0x8", "::/129", "10/8", "10.0.0.0/255.0.0.0", "10.0.0.0/08",
    ]

    @Test("no range is read out of anything else", arguments: badRanges)
    func refusesRange(text: String) {
        #expect(AddressRange(text) == nil)
    }
}
