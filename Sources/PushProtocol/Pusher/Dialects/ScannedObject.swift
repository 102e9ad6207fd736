// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A JSON object with its text, for what is looked at more than once.
struct ScannedObject {
    let text: [UInt8]
    let members: ContiguousArray<JSONMember>

    /// Nil where the text is no object.
    ///
    /// - Parameter scanner: a scanner that may be used; what it held is lost.
    init?(_ text: [UInt8], scanner: JSONScanner) {
        let value = text.withUnsafeBytes { try? scanner.scan($0) }
        guard value?.kind == .object else { return nil }
        self.text = text
        self.members = scanner.members
    }

    /// The object that a JSON string holds.
    ///
    /// - Parameter string: with its quotes.
    init?(string: UnsafeRawBufferPointer, scanner: JSONScanner) {
        guard string.count >= 2, string.first == UInt8(ascii: "\"") else { return nil }
        self.init(JSONText.unescape(string[1..<string.count - 1]), scanner: scanner)
    }

    /// The raw JSON of a member.
    subscript(_ name: MemberName) -> ArraySlice<UInt8>? {
        self.members.value(name).map { self.text[$0.range] }
    }

    /// A member that is an object.
    func object(_ name: MemberName, scanner: JSONScanner) -> ScannedObject? {
        self[name].flatMap { ScannedObject(Array($0), scanner: scanner) }
    }

    /// The characters of a member that is a string.
    func string(_ name: MemberName) -> String? {
        self.text.withUnsafeBytes { self.members.string(name, in: $0) }
    }
}
