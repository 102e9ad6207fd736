// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A JSON value as it was received: checked, and taken apart where somebody asks.
struct JSONValue: Sendable, Equatable {
    private let bytes: ArraySlice<UInt8>

    /// - Returns: nil where the text is no JSON, or is nested deeper than ``JSONScanner/maximumDepth``.
    init?(_ text: some Sequence<UInt8>) {
        var scanner = JSONScanner(ArraySlice(Array(text)))
        guard let value = scanner.wholeValue() else { return nil }
        self.bytes = value
    }

    private init(checked bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    /// As it was received.
    var text: String { String(decoding: self.bytes, as: UTF8.self) }

    /// The text that a string holds; of everything else its JSON. Dialects differ in whether they put JSON into strings.
    var content: String { self.string ?? self.text }

    /// The value that the text of a string is the JSON of, or else this value.
    var unwrapped: JSONValue { self.string.flatMap { JSONValue($0.utf8) } ?? self }

    var string: String? {
        self.bytes.first == UInt8(ascii: "\"") ? JSONString.unquoted(self.bytes) : nil
    }

    var isNull: Bool { self.bytes.first == UInt8(ascii: "n") }

    /// A number without a fraction that fits, or a string that holds one: dialects differ.
    var integer: Int? { Int(self.content) }

    /// An identifier: a string, or a number as its digits.
    var identifier: String? { self.string ?? self.integer.map(String.init) }

    /// The members of an object; of a repeated one the last. Nil where it is none.
    var object: [String: JSONValue]? {
        var members: [String: JSONValue] = [:]
        var scanner = JSONScanner(self.bytes)
        let isObject = scanner.members { members[JSONString.unquoted($0)] = JSONValue(checked: $1) }
        return isObject ? members : nil
    }

    /// The elements of an array. Nil where it is none.
    var array: [JSONValue]? {
        var elements: [JSONValue] = []
        var scanner = JSONScanner(self.bytes)
        return scanner.elements { elements.append(JSONValue(checked: $0)) } ? elements : nil
    }
}
