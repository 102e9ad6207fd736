// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A value of PHP's `serialize` format, or of JSON read into the same shape: what login records are made of.
///
/// Objects, references and custom serializations are refused: nothing that a store holds can make anything come alive.
package enum PHPValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    case string(String)
    /// A string that is no UTF-8, as a text cut at a byte may be.
    case bytes([UInt8])
    /// The entries in their order, integer keys as text.
    case array([(String, PHPValue)])

    /// The deepest nesting read.
    package static let maximumDepth = 8
    /// The longest text read, in bytes.
    package static let maximumBytes = 64 * 1024

    /// The value as text where it is a string or a number that stands for one.
    package var text: String? {
        switch self {
        case .string(let text): text
        case .integer(let number): String(number)
        default: nil
        }
    }

    /// The value as the key of an entry, where it is a string or an integer. What is no UTF-8 has replacement
    /// characters, and is nobody's name.
    var key: String? {
        if case .bytes(let bytes) = self { return String(decoding: bytes, as: UTF8.self) }
        return self.text
    }

    /// The value as an integer where it is one, or a string or a float that stands for a number; a fraction is cut off.
    package var integer: Int64? {
        switch self {
        case .integer(let number): number
        case .string(let text): Int64(text) ?? Double(text).flatMap(Self.integer)
        case .double(let number): Self.integer(number)
        default: nil
        }
    }

    /// What lies beyond 64 bits becomes the last integer on its side.
    private static func integer(_ number: Double) -> Int64? {
        if number.isNaN { return nil }
        return Int64(exactly: number.rounded(.towardZero)) ?? (number < 0 ? .min : .max)
    }

    /// Reads a stored value in whichever form it has (``Format``).
    package init?(stored bytes: UnsafeRawBufferPointer) {
        if Format(of: bytes) == .json { self.init(json: bytes) } else { self.init(serialized: bytes) }
    }

    /// Reads PHP's serialize format, with or without ThinkPHP's `think_serialize:` before it.
    package init?(serialized bytes: UnsafeRawBufferPointer) {
        let prefix = "think_serialize:".utf8
        var reader = PHPSerializeReader(
            bytes: bytes.starts(with: prefix) ? UnsafeRawBufferPointer(rebasing: bytes[prefix.count...]) : bytes
        )
        guard bytes.count <= Self.maximumBytes, let value = reader.value(depth: 0), reader.isAtEnd else { return nil }
        self = value
    }

    /// Reads JSON.
    package init?(json bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= Self.maximumBytes, UTF8Validation.isValid(bytes) else { return nil }
        self.init(json: bytes, depth: 0)
    }

    private init?(json bytes: UnsafeRawBufferPointer, depth: Int) {
        let scanner = JSONScanner()
        guard depth <= Self.maximumDepth, let value = try? scanner.scan(bytes) else { return nil }
        func inner(_ value: JSONValue) -> PHPValue? {
            PHPValue(json: UnsafeRawBufferPointer(rebasing: bytes[value.range]), depth: depth + 1)
        }
        switch value.kind {
        case .null: self = .null
        case .bool: self = .bool(bytes[value.range.lowerBound] == UInt8(ascii: "t"))
        case .number:
            if let integer = JSONText.integer(value, in: bytes) {
                self = .integer(integer)
            } else if let double = Double(String(decoding: bytes[value.range], as: UTF8.self)) {
                self = .double(double)
            } else {
                return nil
            }
        case .string:
            if let text = JSONText.string(value, in: bytes) {
                self = .string(text)
            } else {
                self = .bytes(JSONText.unescape(bytes[value.range].dropFirst().dropLast()))
            }
        case .object:
            var entries: [(String, PHPValue)] = []
            for member in scanner.members {
                guard let value = inner(member.value) else { return nil }
                entries.append((member.nameText(in: bytes), value))
            }
            self = .array(entries)
        case .array:
            var entries: [(String, PHPValue)] = []
            for (index, element) in scanner.elements.enumerated() {
                guard let value = inner(element) else { return nil }
                entries.append((String(index), value))
            }
            self = .array(entries)
        }
    }

    package static func == (left: PHPValue, right: PHPValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.double(let left), .double(let right)): left == right
        case (.string(let left), .string(let right)): left == right
        case (.bytes(let left), .bytes(let right)): left == right
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.0 == $1.0 && $0.1 == $1.1 }
        default: false
        }
    }
}
