// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// The header that a proxy puts before everything else on a connection to say whose it is: the PROXY protocol of
/// HAProxy, version 1 (a line of text) and version 2 (binary).
///
/// Version 1, section 2.1 of its specification, at most 107 bytes with the line break:
///
///     PROXY TCP4 <source> <destination> <source port> <destination port>\r\n
///     PROXY TCP6 …
///     PROXY UNKNOWN[ anything]\r\n
///
/// Version 2, section 2.2: twelve bytes of signature, a byte of version (2) and command, a byte of family and
/// transport, two bytes of length, and as many bytes of addresses and further fields (TLVs), which are skipped.
package struct ProxyHeader: Equatable, Sendable {
    /// What a header says of its connection.
    package enum Source: Equatable, Sendable {
        /// It comes from this address.
        case client(IPAddress)
        /// The proxy relays it, for a peer that has no address or none that it knows.
        case unknown
        /// The proxy has opened it for itself, such as a health check.
        case proxy
    }

    /// What the first bytes of a connection are.
    package enum Reading: Equatable, Sendable {
        case header(ProxyHeader)
        /// Something else: the connection begins without a header.
        case absent
        /// As far as it goes it may be one.
        case incomplete
    }

    /// A header that no proxy may send: the connection has to be closed (section 2).
    package struct Malformed: Error, Equatable, Sendable {
        package init() {}
    }

    /// The longest header of version 1, in bytes, with its line break.
    package static let maximumLineBytes = 107
    /// The most bytes behind the first sixteen of version 2: the longest addresses (216) and a kibibyte of further
    /// fields.
    package static let maximumBlockBytes = 216 + 1024

    package let source: Source
    /// Its length.
    package let byteCount: Int

    package init(source: Source, byteCount: Int) {
        self.source = source
        self.byteCount = byteCount
    }

    private static let linePrefix = Array("PROXY ".utf8)
    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]

    /// Reads the beginning of a connection.
    package static func read(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> Reading {
        if bytes.starts(with: self.linePrefix) { return try self.readLine(bytes) }
        if bytes.starts(with: self.signature) { return try self.readBlock(bytes) }
        let mayBecomeOne = self.linePrefix.starts(with: bytes) || self.signature.starts(with: bytes)
        return mayBecomeOne ? .incomplete : .absent
    }

    // MARK: - Version 1

    private static func readLine(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> Reading {
        guard let end = bytes.prefix(self.maximumLineBytes).firstIndex(of: 0x0A) else {
            if bytes.count >= self.maximumLineBytes { throw Malformed() }
            return .incomplete
        }
        guard bytes[end - 1] == 0x0D else { throw Malformed() }
        let line = bytes[self.linePrefix.count..<(end - 1)]
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        if words[0] == "UNKNOWN" { return .header(ProxyHeader(source: .unknown, byteCount: end + 1)) }
        guard words.count == 5, words[0] == "TCP4" || words[0] == "TCP6",
            let source = self.address(words[1], words[0]), self.address(words[2], words[0]) != nil,
            self.isPort(words[3]), self.isPort(words[4])
        else { throw Malformed() }
        return .header(ProxyHeader(source: .client(source), byteCount: end + 1))
    }

    private static func address(_ text: String, _ family: String) -> IPAddress? {
        // A zero byte would end the text early for the system's parser.
        guard text.contains(":") == (family == "TCP6"), !text.utf8.contains(0) else { return nil }
        return IPAddress(text)
    }

    private static func isPort(_ text: String) -> Bool {
        UInt16(text).map(String.init) == text
    }

    // MARK: - Version 2

    private static func readBlock(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> Reading {
        let start = self.signature.count
        if bytes.count > start, bytes[start] != 0x20 && bytes[start] != 0x21 { throw Malformed() }
        guard bytes.count >= start + 4 else { return .incomplete }
        let length = Int(bytes[start + 2]) << 8 | Int(bytes[start + 3])
        guard length <= self.maximumBlockBytes else { throw Malformed() }
        let total = start + 4 + length
        guard bytes.count >= total else { return .incomplete }
        let isLocal = bytes[start] == 0x20
        let source: Source =
            isLocal ? .proxy : try self.source(bytes[start + 1], UnsafeRawBufferPointer(rebasing: bytes[16..<total]))
        return .header(ProxyHeader(source: source, byteCount: total))
    }

    /// - Parameter family: address family in the upper half (unspecified, IPv4, IPv6, Unix), transport in the lower
    ///   (unspecified, stream, datagram).
    private static func source(_ family: UInt8, _ block: UnsafeRawBufferPointer) throws(Malformed) -> Source {
        guard family & 0x0F <= 2 else { throw Malformed() }
        switch family >> 4 {
        case 0:
            return .unknown
        case 1:
            guard block.count >= 12 else { throw Malformed() }
            return .client(IPAddress(v4: UInt32(bigEndian: block.loadUnaligned(as: UInt32.self))))
        case 2:
            guard block.count >= 36 else { throw Malformed() }
            return .client(IPAddress(v6: UInt128(bigEndian: block.loadUnaligned(as: UInt128.self))))
        case 3:
            guard block.count >= 216 else { throw Malformed() }
            return .unknown
        default:
            throw Malformed()
        }
    }
}
