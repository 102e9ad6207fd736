// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Reads the text of PHP's `serialize`: `N;`, `b:1;`, `i:5;`, `d:0.5;`, `s:3:"abc";`, `a:1:{…}`. Anything else, objects
/// above all, is refused. Lengths are checked against what is there before anything is taken.
struct PHPSerializeReader {
    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { self.at == self.bytes.count }

    /// The next value; nil where there is none that is well-formed.
    mutating func value(depth: Int) -> PHPValue? {
        guard depth <= PHPValue.maximumDepth, let kind = self.byte() else { return nil }
        if kind == UInt8(ascii: "N") { return self.take(";") ? .null : nil }
        guard self.take(":") else { return nil }
        switch kind {
        case UInt8(ascii: "b"):
            guard let text = self.until(";"), text == "0" || text == "1" else { return nil }
            return .bool(text == "1")
        case UInt8(ascii: "i"):
            return self.until(";").flatMap { Int64($0) }.map { .integer($0) }
        case UInt8(ascii: "d"):
            return self.until(";").flatMap { Double($0) }.map { .double($0) }
        case UInt8(ascii: "s"):
            return self.string()
        case UInt8(ascii: "a"):
            return self.array(depth: depth)
        default:
            return nil
        }
    }

    private mutating func string() -> PHPValue? {
        guard let length = self.until(":").flatMap({ Int($0) }), length >= 0, self.take("\""),
            length <= self.bytes.count - self.at
        else { return nil }
        let bytes = self.bytes[self.at..<self.at + length]
        self.at += length
        guard self.take("\""), self.take(";") else { return nil }
        return String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .bytes(Array(bytes))
    }

    private mutating func array(depth: Int) -> PHPValue? {
        guard let count = self.until(":").flatMap({ Int($0) }), 0...self.bytes.count ~= count, self.take("{") else {
            return nil
        }
        var entries: [(String, PHPValue)] = []
        for _ in 0..<count {
            guard let key = self.value(depth: depth + 1)?.key, let value = self.value(depth: depth + 1) else {
                return nil
            }
            entries.append((key, value))
        }
        return self.take("}") ? .array(entries) : nil
    }

    private mutating func byte() -> UInt8? {
        guard self.at < self.bytes.count else { return nil }
        defer { self.at += 1 }
        return self.bytes[self.at]
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard self.at < self.bytes.count, self.bytes[self.at] == UInt8(ascii: character) else { return false }
        self.at += 1
        return true
    }

    /// The text before a delimiter, which is taken too; at most 32 bytes, enough for any number.
    private mutating func until(_ delimiter: Unicode.Scalar) -> String? {
        guard let end = self.bytes[self.at...].prefix(33).firstIndex(of: UInt8(ascii: delimiter)) else { return nil }
        defer { self.at = end + 1 }
        return String(validating: self.bytes[self.at..<end], as: UTF8.self)
    }
}
