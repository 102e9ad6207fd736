// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Checks a JSON text against the whole grammar of RFC 8259 and tells where the members (or elements) of its outermost
/// value stand. Nothing is converted or copied, so content can be passed on byte for byte: unknown members, numbers of
/// any size and escapes survive.
///
/// Stricter than the RFC in two points, both of the chat protocol: a repeated member is refused at every level, and so
/// is a text nested deeper than 64. The text must be valid UTF-8 already; that is the transport's check.
///
/// One scanner serves one event loop: its arrays keep their capacity from text to text, so a scan does not allocate.
package final class JSONScanner {
    /// The deepest nesting accepted; a scalar has depth 0, `[]` depth 1.
    package static let maximumDepth = 64
    /// From this many members on, an object's keys are kept in a hash table instead of being compared one by one.
    private static let linearKeys = 24

    /// The members of the outermost object, in the order of the text; empty where it was not an object.
    package private(set) var members: ContiguousArray<JSONMember> = []
    /// The elements of the outermost array; empty where it was not an array.
    package private(set) var elements: ContiguousArray<JSONValue> = []

    private var keys: ContiguousArray<Key> = []
    private var bytes = UnsafeRawBufferPointer(start: nil, count: 0)

    private struct Key {
        var name: MemberName
        var range: Range<Int>
        var isEscaped: Bool
    }

    package init() {}

    /// Scans a whole text, and fills ``members`` or ``elements``.
    ///
    /// - Parameter text: valid UTF-8; the offsets in the result count from its start.
    package func scan(_ text: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
        self.members.removeAll(keepingCapacity: true)
        self.elements.removeAll(keepingCapacity: true)
        self.keys.removeAll(keepingCapacity: true)
        self.bytes = text
        defer { self.bytes = UnsafeRawBufferPointer(start: nil, count: 0) }
        var at = 0
        self.skipWhitespace(&at)
        let value = try self.value(&at, depth: 0)
        self.skipWhitespace(&at)
        guard at == text.count else { throw JSONError(.malformed, at: at) }
        return value
    }

    // MARK: - Grammar

    private func value(_ at: inout Int, depth: Int) throws(JSONError) -> JSONValue {
        guard at < self.bytes.count else { throw JSONError(.malformed, at: at) }
        let start = at
        let kind: JSONValue.Kind
        switch self.bytes[at] {
        case UInt8(ascii: "{"):
            kind = .object
            try self.object(&at, depth: depth + 1)
        case UInt8(ascii: "["):
            kind = .array
            try self.array(&at, depth: depth + 1)
        case UInt8(ascii: "\""):
            kind = .string
            _ = try self.string(&at)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            kind = .number
            try self.number(&at)
        case UInt8(ascii: "t"):
            kind = .bool
            try self.literal("true", &at)
        case UInt8(ascii: "f"):
            kind = .bool
            try self.literal("false", &at)
        case UInt8(ascii: "n"):
            kind = .null
            try self.literal("null", &at)
        default:
            throw JSONError(.malformed, at: at)
        }
        return JSONValue(kind: kind, range: start..<at)
    }

    private func object(_ at: inout Int, depth: Int) throws(JSONError) {
        guard depth <= Self.maximumDepth else { throw JSONError(.tooDeep, at: at) }
        let firstKey = self.keys.count
        var seen: Set<[UInt8]> = []
        at += 1
        self.skipWhitespace(&at)
        if self.take(UInt8(ascii: "}"), &at) { return }
        while true {
            let key = try self.key(&at, after: firstKey, seen: &seen)
            self.skipWhitespace(&at)
            guard self.take(UInt8(ascii: ":"), &at) else { throw JSONError(.malformed, at: at) }
            self.skipWhitespace(&at)
            let value = try self.value(&at, depth: depth)
            if depth == 1 {
                self.members.append(
                    JSONMember(name: key.name, key: key.range, keyIsEscaped: key.isEscaped, value: value))
            }
            self.skipWhitespace(&at)
            if self.take(UInt8(ascii: ","), &at) {
                self.skipWhitespace(&at)
            } else if self.take(UInt8(ascii: "}"), &at) {
                break
            } else {
                throw JSONError(.malformed, at: at)
            }
        }
        self.keys.removeSubrange(firstKey...)
    }

    private func array(_ at: inout Int, depth: Int) throws(JSONError) {
        guard depth <= Self.maximumDepth else { throw JSONError(.tooDeep, at: at) }
        at += 1
        self.skipWhitespace(&at)
        if self.take(UInt8(ascii: "]"), &at) { return }
        while true {
            let element = try self.value(&at, depth: depth)
            if depth == 1 { self.elements.append(element) }
            self.skipWhitespace(&at)
            if self.take(UInt8(ascii: ","), &at) {
                self.skipWhitespace(&at)
            } else if self.take(UInt8(ascii: "]"), &at) {
                return
            } else {
                throw JSONError(.malformed, at: at)
            }
        }
    }

    /// A key of the object whose keys stand in `keys` from `first` on; throws where the object has it already.
    private func key(_ at: inout Int, after first: Int, seen: inout Set<[UInt8]>) throws(JSONError) -> Key {
        let start = at
        guard at < self.bytes.count, self.bytes[at] == UInt8(ascii: "\"") else {
            throw JSONError(.malformed, at: at)
        }
        let isEscaped = try self.string(&at)
        let range = start + 1..<at - 1
        let name =
            isEscaped
            ? JSONText.unescape(self.bytes[range]).withUnsafeBytes { MemberName($0) }
            : MemberName(UnsafeRawBufferPointer(rebasing: self.bytes[range]))
        let key = Key(name: name, range: range, isEscaped: isEscaped)
        if self.keys.count - first < Self.linearKeys {
            for index in first..<self.keys.count where self.keys[index].name == name {
                if name.isWhole || self.name(of: self.keys[index]) == self.name(of: key) {
                    throw JSONError(.repeatedMember, at: start)
                }
            }
        } else {
            // Many keys: a seeded hash table, so that no choice of keys makes the check quadratic.
            if seen.isEmpty {
                for index in first..<self.keys.count { seen.insert(self.name(of: self.keys[index])) }
            }
            guard seen.insert(self.name(of: key)).inserted else { throw JSONError(.repeatedMember, at: start) }
        }
        self.keys.append(key)
        return key
    }

    /// Skips a string; true when it holds an escape.
    private func string(_ at: inout Int) throws(JSONError) -> Bool {
        at += 1
        var isEscaped = false
        while at < self.bytes.count {
            let byte = self.bytes[at]
            if byte == UInt8(ascii: "\"") {
                at += 1
                return isEscaped
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try self.escape(&at)
            } else if byte < 0x20 {
                throw JSONError(.malformed, at: at)
            } else {
                at += 1
                self.skipPlain(&at)
            }
        }
        throw JSONError(.malformed, at: at)
    }

    /// Skips, eight at a time, bytes that are neither quote, backslash nor control character.
    private func skipPlain(_ at: inout Int) {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while at + 8 <= self.bytes.count {
            let word = self.bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            let isControl = (word &- (ones &* 0x20)) & ~word
            let isQuote = (quote &- ones) & ~quote
            let isBackslash = (backslash &- ones) & ~backslash
            if (isControl | isQuote | isBackslash) & highs != 0 { return }
            at += 8
        }
    }

    private func escape(_ at: inout Int) throws(JSONError) {
        guard at + 1 < self.bytes.count else { throw JSONError(.malformed, at: at) }
        switch self.bytes[at + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 2
        case UInt8(ascii: "u"):
            guard at + 6 <= self.bytes.count,
                self.bytes[at + 2..<at + 6].allSatisfy({ JSONText.hexDigit($0) != nil })
            else { throw JSONError(.malformed, at: at) }
            at += 6
        default:
            throw JSONError(.malformed, at: at)
        }
    }

    private func number(_ at: inout Int) throws(JSONError) {
        _ = self.take(UInt8(ascii: "-"), &at)
        if !self.take(UInt8(ascii: "0"), &at) { try self.digits(&at) }
        if self.take(UInt8(ascii: "."), &at) { try self.digits(&at) }
        if self.take(UInt8(ascii: "e"), &at) || self.take(UInt8(ascii: "E"), &at) {
            _ = self.take(UInt8(ascii: "+"), &at) || self.take(UInt8(ascii: "-"), &at)
            try self.digits(&at)
        }
    }

    private func digits(_ at: inout Int) throws(JSONError) {
        let start = at
        while at < self.bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= self.bytes[at] { at += 1 }
        guard at > start else { throw JSONError(.malformed, at: at) }
    }

    private func literal(_ text: StaticString, _ at: inout Int) throws(JSONError) {
        let count = text.utf8CodeUnitCount
        guard at + count <= self.bytes.count else { throw JSONError(.malformed, at: at) }
        for offset in 0..<count where self.bytes[at + offset] != text.utf8Start[offset] {
            throw JSONError(.malformed, at: at + offset)
        }
        at += count
    }

    private func skipWhitespace(_ at: inout Int) {
        while at < self.bytes.count {
            switch self.bytes[at] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): at += 1
            default: return
            }
        }
    }

    private func take(_ byte: UInt8, _ at: inout Int) -> Bool {
        guard at < self.bytes.count, self.bytes[at] == byte else { return false }
        at += 1
        return true
    }

    // MARK: - Keys

    private func name(of key: Key) -> [UInt8] {
        key.isEscaped ? JSONText.unescape(self.bytes[key.range]) : Array(self.bytes[key.range])
    }
}

@available(*, unavailable)
extension JSONScanner: Sendable {}
