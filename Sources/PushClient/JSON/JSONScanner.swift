// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Walks through a JSON text and checks its grammar.
///
/// Bounded by the text and by ``maximumDepth``; nothing in a text makes it fail otherwise than by saying so.
struct JSONScanner {
    /// How deep values may be nested.
    static let maximumDepth = 128

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        self.position = bytes.startIndex
    }

    /// The value that is the whole text, without the white space around it, or nil where the text is no JSON.
    mutating func wholeValue() -> ArraySlice<UInt8>? {
        self.skipSpace()
        guard let value = self.value(depth: 0) else { return nil }
        self.skipSpace()
        return self.position == self.bytes.endIndex ? value : nil
    }

    /// Walks through an object; the name comes with its quotes. False where it is none.
    mutating func members(depth: Int = 0, _ body: (ArraySlice<UInt8>, ArraySlice<UInt8>) -> Void) -> Bool {
        self.list(from: UInt8(ascii: "{"), to: UInt8(ascii: "}")) { scanner in
            guard let name = scanner.string() else { return false }
            scanner.skipSpace()
            guard scanner.take(UInt8(ascii: ":")) else { return false }
            scanner.skipSpace()
            guard let value = scanner.value(depth: depth + 1) else { return false }
            body(name, value)
            return true
        }
    }

    /// Walks through an array. False where it is none.
    mutating func elements(depth: Int = 0, _ body: (ArraySlice<UInt8>) -> Void) -> Bool {
        self.list(from: UInt8(ascii: "["), to: UInt8(ascii: "]")) { scanner in
            guard let value = scanner.value(depth: depth + 1) else { return false }
            body(value)
            return true
        }
    }

    private mutating func value(depth: Int) -> ArraySlice<UInt8>? {
        guard depth < Self.maximumDepth, let first = self.next else { return nil }
        let begin = self.position
        let isValue =
            switch first {
            case UInt8(ascii: "{"): self.members(depth: depth) { _, _ in }
            case UInt8(ascii: "["): self.elements(depth: depth) { _ in }
            case UInt8(ascii: "\""): self.string() != nil
            case UInt8(ascii: "t"): self.take("true")
            case UInt8(ascii: "f"): self.take("false")
            case UInt8(ascii: "n"): self.take("null")
            default: self.number()
            }
        return isValue ? self.bytes[begin..<self.position] : nil
    }

    private mutating func list(from open: UInt8, to close: UInt8, _ item: (inout JSONScanner) -> Bool) -> Bool {
        guard self.take(open) else { return false }
        self.skipSpace()
        if self.take(close) { return true }
        while true {
            guard item(&self) else { return false }
            self.skipSpace()
            if self.take(close) { return true }
            guard self.take(UInt8(ascii: ",")) else { return false }
            self.skipSpace()
        }
    }

    private mutating func string() -> ArraySlice<UInt8>? {
        let begin = self.position
        guard self.take(UInt8(ascii: "\"")) else { return nil }
        while let byte = self.next {
            self.position += 1
            switch byte {
            case UInt8(ascii: "\""): return self.bytes[begin..<self.position]
            case UInt8(ascii: "\\"):
                guard let escape = self.next else { return nil }
                self.position += 1
                if escape == UInt8(ascii: "u") {
                    for _ in 0..<4 {
                        guard let digit = self.next, JSONString.hexValue(digit) != nil else { return nil }
                        self.position += 1
                    }
                } else if !#""\/bfnrt"#.utf8.contains(escape) {
                    return nil
                }
            case 0..<0x20: return nil
            default: break
            }
        }
        return nil
    }

    private mutating func number() -> Bool {
        _ = self.take(UInt8(ascii: "-"))
        if !self.take(UInt8(ascii: "0")) {
            guard self.digits() else { return false }
        }
        if self.take(UInt8(ascii: ".")) {
            guard self.digits() else { return false }
        }
        if self.take(UInt8(ascii: "e")) || self.take(UInt8(ascii: "E")) {
            _ = self.take(UInt8(ascii: "+")) || self.take(UInt8(ascii: "-"))
            return self.digits()
        }
        return true
    }

    private mutating func digits() -> Bool {
        let begin = self.position
        while let byte = self.next, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { self.position += 1 }
        return self.position > begin
    }

    private mutating func skipSpace() {
        while let byte = self.next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { self.position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard self.next == byte else { return false }
        self.position += 1
        return true
    }

    private mutating func take(_ word: String) -> Bool {
        guard self.bytes[self.position...].starts(with: word.utf8) else { return false }
        self.position += word.utf8.count
        return true
    }

    private var next: UInt8? {
        self.position < self.bytes.endIndex ? self.bytes[self.position] : nil
    }
}
