// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What is checked in the bytes of a YAML file before a parser sees them.
enum YAMLText {
    // Yams hashes every key, and a key may be a nested mapping: depth times size operations. A product below this
    // bound takes about three seconds at the very worst; a file written by hand stays under a hundredth of it.
    private static let maximumHashing = 16 << 20

    /// The bytes as text that is safe to parse.
    ///
    /// - Parameter reserved: a character the text must not hold.
    static func checked(_ bytes: [UInt8], reserving reserved: Unicode.Scalar) throws(YAMLFailure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw YAMLFailure(line: firstInvalidLine(bytes), message: "is not UTF-8 text")
        }
        guard !text.unicodeScalars.contains(reserved) else {
            throw YAMLFailure(line: nil, message: "holds the private character \(reserved.escaped(asASCII: true))")
        }
        if let line = firstDirectiveLine(text) {
            throw YAMLFailure(line: line, message: "YAML directives ('%') are not supported")
        }
        let openings = bytes.count { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "?") }
        guard openings * bytes.count <= maximumHashing else {
            throw YAMLFailure(line: nil, message: "holds too many '{' and '?' for a file of its size")
        }
        return text
    }

    /// The line, counted from 1, that what follows a part of a text stands on.
    static func line(after part: Substring) -> Int {
        part.count(where: \.isNewline) + 1
    }

    private static func firstInvalidLine(_ bytes: [UInt8]) -> Int? {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .firstIndex { String(validating: $0, as: UTF8.self) == nil }
            .map { $0 + 1 }
    }

    // The parser takes quadratic time over many directives. They stand at the beginning of a line, and a line ends
    // for it where it ends for `Character`.
    private static func firstDirectiveLine(_ text: String) -> Int? {
        var previous: Character = "\n"
        for index in text.indices {
            if previous.isNewline, text[index] == "%" {
                return line(after: text[..<index])
            }
            previous = text[index]
        }
        return nil
    }
}
