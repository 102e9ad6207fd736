// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// The head of an HTTP/1.1 request, as far as the door needs it to tell a WebSocket handshake from plain HTTP. Whatever
/// is plain HTTP is read again, by a complete parser.
package struct RequestHead: Sendable {
    /// What is wrong with a head.
    package enum Failure: Error, Equatable, Sendable {
        /// Not HTTP/1.x: answered 400 and closed.
        case malformed
        /// More bytes than the limit without an end: answered 431 and closed.
        case tooLarge
    }

    package var method: String
    /// The target as sent: a path with an optional query.
    package var target: String
    /// 0 or 1, of HTTP/1.x.
    package var minorVersion: Int
    /// Names in lower case, in the order sent.
    package var headers: [(name: String, value: String)]
    /// The bytes of the head, with the empty line that ends it.
    package var byteCount: Int

    /// The path without the query, still percent-encoded.
    package var path: Substring {
        Substring(self.target.unicodeScalars.prefix { $0 != "?" })
    }

    /// The query without its question mark, still percent-encoded; empty where there is none.
    package var query: Substring {
        Substring(self.target.unicodeScalars.drop { $0 != "?" }.dropFirst())
    }

    /// The value of a header that may stand once; nil where it is absent or stands twice with different values.
    ///
    /// - Parameter name: in lower case.
    package func header(_ name: String) -> String? {
        var found: String?
        for header in self.headers where header.name == name {
            if let found, found != header.value { return nil }
            found = header.value
        }
        return found
    }

    /// The values of a header, one for each of its lines.
    ///
    /// - Parameter name: in lower case.
    package func values(_ name: String) -> [String] {
        self.headers.filter { $0.name == name }.map(\.value)
    }

    /// Whether a header holds a token, in any case, among values separated by commas (RFC 9110, section 5.6.1).
    ///
    /// - Parameters:
    ///   - name: in lower case.
    ///   - token: in lower case.
    package func header(_ name: String, contains token: String) -> Bool {
        self.headers.contains { header in
            header.name == name
                && header.value.utf8.split(separator: UInt8(ascii: ",")).contains { element in
                    Self.trimmingBlanks(element).elementsEqual(token.utf8) { Self.lowercased($0) == $1 }
                }
        }
    }

    /// Reads a head from the front of what has arrived; nil where its end has not.
    ///
    /// - Parameter limit: the largest head accepted, in bytes.
    package static func parse(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(Failure) -> RequestHead? {
        // A TLS hello, a binary protocol: refused by its first byte, not after a deadline.
        if let first = bytes.first, !(UInt8(ascii: "A")...UInt8(ascii: "Z") ~= first) { throw .malformed }
        guard let end = self.endOfHead(bytes.prefix(limit)) else {
            if bytes.count >= limit { throw .tooLarge }
            return nil
        }
        var lines = bytes[0..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
            .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }[...]
        guard let requestLine = lines.popFirst() else { throw .malformed }
        let words = requestLine.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 3,
            let method = self.token(words[0]),
            let target = self.visible(words[1]), target.utf8.first == UInt8(ascii: "/"),
            words[2].count == 8, words[2].starts(with: "HTTP/1.".utf8),
            let minor = words[2].last, minor == UInt8(ascii: "0") || minor == UInt8(ascii: "1")
        else { throw .malformed }
        var head = RequestHead(
            method: method, target: target, minorVersion: Int(minor - UInt8(ascii: "0")), headers: [], byteCount: end
        )
        for line in lines where !line.isEmpty {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
                let name = self.token(line[..<colon]),
                let value = self.fieldValue(line[(colon + 1)...])
            else { throw .malformed }
            head.headers.append((name.lowercased(), value))
        }
        return head
    }

    /// The index behind the empty line that ends a head.
    private static func endOfHead(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        var lineStart = 0
        for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") {
            let isEmpty = index == lineStart || (index == lineStart + 1 && bytes[lineStart] == UInt8(ascii: "\r"))
            if isEmpty && lineStart > 0 { return index + 1 }
            lineStart = index + 1
        }
        return nil
    }

    /// A token of RFC 9110, section 5.6.2.
    private static func token(_ bytes: Slice<UnsafeRawBufferPointer>) -> String? {
        let isToken = bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default:
                "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
        return isToken && !bytes.isEmpty ? String(decoding: bytes, as: UTF8.self) : nil
    }

    private static func visible(_ bytes: Slice<UnsafeRawBufferPointer>) -> String? {
        guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func fieldValue(_ bytes: Slice<UnsafeRawBufferPointer>) -> String? {
        let value = self.trimmingBlanks(bytes)
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { return nil }
        // Bytes outside ASCII are allowed there and mean nothing (RFC 9110, section 5.5).
        return String(decoding: value, as: UTF8.self)
    }

    private static func trimmingBlanks<Bytes: BidirectionalCollection<UInt8>>(_ bytes: Bytes) -> Bytes.SubSequence {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        var result = bytes.drop(while: isBlank)
        while let last = result.last, isBlank(last) { result = result.dropLast() }
        return result
    }

    /// Of ASCII alone: other characters become letters of ASCII in lower case (U+212A), and must not.
    private static func lowercased(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }
}
