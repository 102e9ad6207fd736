// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// JSON as a PHP program writes it that has read it before: `json_decode` into arrays, `ksort`, and `json_encode` with
/// `JSON_UNESCAPED_UNICODE`. Backends of workbunny's server sign the `channel_data` of a subscription in this form.
///
/// Keys that are numbers, but not whole ones in their shortest form (`1.5`, `01`), are sorted as text.
package enum PHPJSON {
    /// The deepest nesting that is written. Each level is looked at once more: a bound on the work, not of PHP's.
    package static let maximumDepth = 16

    /// An object in that form: the outermost members sorted, all else in the order of the text.
    ///
    /// - Parameters:
    ///   - object: valid UTF-8.
    ///   - scanner: a scanner that may be used; what it held is lost.
    /// - Returns: nil where the text is no JSON object, is nested deeper than ``maximumDepth``, or PHP could not write
    ///   it again: half of a surrogate pair, a number beyond all numbers.
    package static func sorted(_ object: UnsafeRawBufferPointer, scanner: JSONScanner) -> String? {
        var writer = PHPJSONWriter(scanner: scanner)
        guard let value = try? scanner.scan(object), value.kind == .object else { return nil }
        guard writer.writeObject(scanner.members, in: object, sorted: true) else { return nil }
        return String(decoding: writer.output, as: UTF8.self)
    }

    /// The same for a text.
    package static func sorted(_ object: String, scanner: JSONScanner) -> String? {
        var object = object
        return object.withUTF8 { self.sorted(UnsafeRawBufferPointer($0), scanner: scanner) }
    }
}

/// Writes what was scanned in PHP's form. Each function tells whether PHP could have written the value.
private struct PHPJSONWriter {
    let scanner: JSONScanner
    var output: [UInt8] = []
    private var depth = 0

    init(scanner: JSONScanner) {
        self.scanner = scanner
    }

    /// Writes the members of an object. PHP knows no objects: what has the keys 0, 1, 2, … is a list.
    mutating func writeObject(
        _ members: ContiguousArray<JSONMember>, in text: UnsafeRawBufferPointer, sorted: Bool = false
    ) -> Bool {
        var entries: [(key: PHPKey, value: JSONValue)] = []
        for member in members {
            let name = JSONText.unescape(text[member.key])
            guard let name = String(validating: name, as: UTF8.self) else { return false }
            entries.append((PHPKey(name), member.value))
        }
        if sorted { entries.sort { $0.key < $1.key } }
        let isList = entries.enumerated().allSatisfy { $1.key.number == Int64($0) }
        self.output.append(UInt8(ascii: isList ? "[" : "{"))
        for (index, entry) in entries.enumerated() {
            if index > 0 { self.output.append(UInt8(ascii: ",")) }
            if !isList {
                self.write(entry.key.text)
                self.output.append(UInt8(ascii: ":"))
            }
            guard self.write(entry.value, in: text) else { return false }
        }
        self.output.append(UInt8(ascii: isList ? "]" : "}"))
        return true
    }

    private mutating func write(_ value: JSONValue, in text: UnsafeRawBufferPointer) -> Bool {
        let bytes = UnsafeRawBufferPointer(rebasing: text[value.range])
        self.depth += 1
        defer { self.depth -= 1 }
        guard self.depth < PHPJSON.maximumDepth || value.kind != .object && value.kind != .array else { return false }
        switch value.kind {
        case .object:
            guard (try? self.scanner.scan(bytes)) != nil else { return false }
            return self.writeObject(self.scanner.members, in: bytes)
        case .array:
            guard (try? self.scanner.scan(bytes)) != nil else { return false }
            let elements = self.scanner.elements
            self.output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { self.output.append(UInt8(ascii: ",")) }
                guard self.write(element, in: bytes) else { return false }
            }
            self.output.append(UInt8(ascii: "]"))
        case .string:
            guard let string = JSONText.string(value, in: text) else { return false }
            self.write(string)
        case .number:
            guard let number = PHPNumber.text(String(decoding: bytes, as: UTF8.self)) else { return false }
            self.output += number.utf8
        case .bool, .null:
            self.output += bytes
        }
        return true
    }

    private mutating func write(_ string: String) {
        self.output.append(UInt8(ascii: "\""))
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"", "\\", "/": self.output += [UInt8(ascii: "\\"), UInt8(truncatingIfNeeded: scalar.value)]
            case "\u{8}": self.output += "\\b".utf8
            case "\u{9}": self.output += "\\t".utf8
            case "\u{A}": self.output += "\\n".utf8
            case "\u{C}": self.output += "\\f".utf8
            case "\u{D}": self.output += "\\r".utf8
            case "\u{0}"..<"\u{20}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                self.output += "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8
            default: self.output += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
        self.output.append(UInt8(ascii: "\""))
    }
}

/// A key of a PHP array: a whole number in its shortest form is one.
private struct PHPKey {
    let text: String
    let number: Int64?

    init(_ text: String) {
        self.text = text
        self.number = Int64(text).flatMap { String($0).utf8.elementsEqual(text.utf8) ? $0 : nil }
    }

    static func < (left: PHPKey, right: PHPKey) -> Bool {
        if let left = left.number, let right = right.number { return left < right }
        return left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}
