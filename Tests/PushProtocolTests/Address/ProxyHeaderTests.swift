// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import PushTesting
import Testing

@Suite("The PROXY header")
struct ProxyHeaderTests {
    private static func read(_ bytes: [UInt8]) throws(ProxyHeader.Malformed) -> ProxyHeader.Reading {
        // Of the exact length, so that a read behind the end is found.
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        return try ProxyHeader.read(UnsafeRawBufferPointer(copy))
    }

    private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10]

    private static func block(_ command: UInt8, _ family: UInt8, _ block: [UInt8], length: Int? = nil) -> [UInt8] {
        let length = length ?? block.count
        return self.signature + [command, family, UInt8(length >> 8), UInt8(length & 0xFF)] + block
    }

    private static let four: [UInt8] = [203, 0, 113, 7, 192, 0, 2, 1, 0x0F, 0xA0, 0x01, 0xBB]
    private static let six: [UInt8] =
        [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7] + [UInt8](repeating: 0, count: 16) + [
            0, 1, 0, 2,
        ]

    /// Headers as proxies send them, and what they say.
    static let headers: [(bytes: [UInt8], source: ProxyHeader.Source)] = {
        func client(_ text: String) -> ProxyHeader.Source { IPAddress(text).map { .client($0) } ?? .unknown }
        let lines: [(String, ProxyHeader.Source)] = [
            ("PROXY TCP4 203.0.113.7 192.0.2.1 4000 443\r\n", client("203.0.113.7")),
            ("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", client("255.255.255.255")),
            ("PROXY TCP6 2001:db8::7 2001:db8::1 0 443\r\n", client("2001:db8::7")),
            ("PROXY TCP6 ::ffff:203.0.113.7 ::1 1 2\r\n", client("203.0.113.7")),
            ("PROXY UNKNOWN\r\n", .unknown), ("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", .unknown),
        ]
        let blocks: [([UInt8], ProxyHeader.Source)] = [
            (Self.block(0x21, 0x11, Self.four), client("203.0.113.7")),
            (Self.block(0x21, 0x12, Self.four), client("203.0.113.7")),
            (Self.block(0x21, 0x11, Self.four + [4, 0, 1, 0]), client("203.0.113.7")),
            (Self.block(0x21, 0x11, Self.four + [UInt8](repeating: 4, count: 1228)), client("203.0.113.7")),
            (Self.block(0x21, 0x21, Self.six), client("2001:db8::7")),
            (Self.block(0x21, 0x31, [UInt8](repeating: 0x2F, count: 216)), .unknown),
            (Self.block(0x21, 0x00, []), .unknown), (Self.block(0x21, 0x00, [1, 2, 3]), .unknown),
            (Self.block(0x20, 0x00, []), .proxy), (Self.block(0x20, 0x11, Self.four), .proxy),
            // The family of a connection of the proxy's own is not looked at.
            (Self.block(0x20, 0xFF, []), .proxy),
        ]
        return lines.map { (Array($0.0.utf8), $0.1) } + blocks.map { ($0.0, $0.1) }
    }()

    @Test("says whose the connection is, and how long it is", arguments: headers.indices)
    func whole(index: Int) throws {
        let (bytes, source) = Self.headers[index]
        let header = ProxyHeader(source: source, byteCount: bytes.count)
        #expect(try Self.read(bytes) == .header(header))
        // Whatever follows is not its business.
        #expect(try Self.read(bytes + Array("GET / HTTP/1.1\r\n".utf8)) == .header(header))
        #expect(try Self.read(bytes + [0x16, 3, 1]) == .header(header))
    }

    @Test("is waited for at every byte", arguments: headers.indices)
    func fragments(index: Int) throws {
        let bytes = Self.headers[index].bytes
        for length in 0..<bytes.count {
            #expect(try Self.read(Array(bytes.prefix(length))) == .incomplete, "\(length)")
        }
    }

    @Test(
        "is not there where a connection begins with something else",
        arguments: [
            "GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\n", "PROPFIND / HTTP/1.1\r\n", "PROXYTCP4", "proxy TCP4",
            "\r\nGET",
            "\u{16}\u{3}\u{1}", " PROXY ", "\r\n\r\n\r", "X",
        ]
    )
    func absent(text: String) throws {
        #expect(try Self.read(Array(text.utf8)) == .absent)
    }

    @Test(
        "of version 1 is refused where it is not written as it has to be",
        arguments: [
            "PROXY TCP4 203.0.113.7 192.0.2.1 4000 443\n", "PROXY TCP4 203.0.113.7 192.0.2.1 4000\r\n",
            "PROXY TCP4 203.0.113.7 192.0.2.1 4000 443 1\r\n", "PROXY TCP4  203.0.113.7 192.0.2.1 4000 443\r\n",
            "PROXY TCP4 203.0.113.7 192.0.2.1 4000 65536\r\n", "PROXY TCP4 203.0.113.7 192.0.2.1 04000 443\r\n",
            "PROXY TCP4 203.0.113.7 192.0.2.1 -1 443\r\n", "PROXY TCP4 203.0.113.7 192.0.2.1 +1 443\r\n",
            "PROXY TCP4 203.0.113 192.0.2.1 4000 443\r\n", "PROXY TCP4 203.0.113.300 192.0.2.1 4000 443\r\n",
            "PROXY TCP4 2001:db8::7 2001:db8::1 4000 443\r\n", "PROXY TCP6 203.0.113.7 192.0.2.1 4000 443\r\n",
            "PROXY TCP6 2001:db8::7%eth0 2001:db8::1 4000 443\r\n", "PROXY TCP4 203.0.113.7\u{0} 192.0.2.1 1 2\r\n",
            "PROXY TCP5 203.0.113.7 192.0.2.1 4000 443\r\n", "PROXY UDP4 203.0.113.7 192.0.2.1 4000 443\r\n",
            "PROXY \r\n", "PROXY unknown\r\n", "PROXY UNKNOWN\n", "PROXY \n",
        ]
    )
    func malformedLine(text: String) {
        #expect(throws: ProxyHeader.Malformed()) { try Self.read(Array(text.utf8)) }
    }

    @Test("of version 1 is at most 107 bytes long")
    func longLine() throws {
        let longest = "PROXY UNKNOWN " + String(repeating: "x", count: 91) + "\r\n"
        #expect(longest.utf8.count == 107)
        #expect(
            try Self.read(Array(longest.utf8)) == .header(ProxyHeader(source: .unknown, byteCount: 107)))
        for text in ["PROXY UNKNOWN " + String(repeating: "x", count: 93), longest.replacing("\r\n", with: "x\r\n")] {
            #expect(throws: ProxyHeader.Malformed()) { try Self.read(Array(text.utf8)) }
        }
    }

    @Test("of version 2 is refused where version, command, family, transport or length are none that there are")
    func malformedBlock() {
        for bytes in [
            Self.block(0x11, 0x11, Self.four), Self.block(0x31, 0x11, Self.four), Self.block(0x22, 0x11, Self.four),
            Self.block(0x21, 0x41, Self.four), Self.block(0x21, 0x13, Self.four), Self.block(0x21, 0x11, []),
            Self.block(0x21, 0x11, Array(Self.four.dropLast())), Self.block(0x21, 0x21, Self.four),
            Self.block(0x21, 0x31, Self.six), Self.block(0x21, 0x11, [], length: 1241),
            Self.block(0x21, 0x11, [], length: 65535),
        ] {
            #expect(throws: ProxyHeader.Malformed(), "\(bytes)") { try Self.read(bytes) }
        }
    }

    @Test("whatever is read, nothing is read twice: more bytes never change what a header has said")
    func fuzz() throws {
        try Fuzz.run("PROXY header") { generator in
            let seed = generator.pick(Self.headers).bytes
            let rest = generator.bytes(generator.below(40))
            return generator.once(in: 4) ? seed + rest : generator.mutated(seed + rest)
        } check: { bytes, _ in
            var decided: Result<ProxyHeader.Reading, ProxyHeader.Malformed>?
            for length in 0...bytes.count {
                let reading = Result { () throws(ProxyHeader.Malformed) in try Self.read(Array(bytes.prefix(length))) }
                if case .success(.incomplete) = reading {
                    try #require(decided == nil)
                    try #require(length < 16 + ProxyHeader.maximumBlockBytes)
                } else if let decided {
                    try #require(reading == decided)
                } else {
                    decided = reading
                }
                if case .success(.header(let header)) = reading { try #require(header.byteCount <= length) }
            }
        }
    }
}
