// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol

/// A text as a scanner sees it: in memory of exactly its size, so that a sanitizer finds a read past its end.
func withText<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withText(Array(text.utf8), body)
}

func withText<Result>(_ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { memory.deallocate() }
    memory.copyBytes(from: bytes)
    return try body(UnsafeRawBufferPointer(memory))
}

/// What a scan found, with the texts of what it found.
struct ScannedText {
    var kind: JSONValue.Kind
    /// The raw text of the value, without the white space around it.
    var value: String
    var members: [JSONMember]
    /// For each member its raw key and its raw value.
    var memberTexts: [[String]]
    var elements: [JSONValue]
    var elementTexts: [String]

    /// Scans with a scanner of its own, or with one that was used before.
    init(_ text: String, scanner: JSONScanner = JSONScanner()) throws {
        try self.init(Array(text.utf8), scanner: scanner)
    }

    init(_ bytes: [UInt8], scanner: JSONScanner = JSONScanner()) throws {
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        let value = try withText(bytes) { try scanner.scan($0) }
        self.kind = value.kind
        self.value = text(value.range)
        self.members = Array(scanner.members)
        self.memberTexts = scanner.members.map { [text($0.key), text($0.value.range)] }
        self.elements = Array(scanner.elements)
        self.elementTexts = scanner.elements.map { text($0.range) }
    }
}

/// The error of a scan; nil where the text is accepted.
func scanError(_ text: String) -> JSONError? {
    withText(text) { text -> JSONError? in
        do throws(JSONError) {
            _ = try JSONScanner().scan(text)
            return nil
        } catch {
            return error
        }
    }
}
