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
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if let directive = lines.firstIndex(where: { $0.first == UInt8(ascii: "%") }) {
            throw YAMLFailure(line: directive + 1, message: "YAML directives ('%') are not supported")
        }
        let openings = bytes.count { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "?") }
        guard openings * bytes.count <= maximumHashing else {
            throw YAMLFailure(line: nil, message: "holds too many '{' and '?' for a file of its size")
        }
        return text
    }

    private static func firstInvalidLine(_ bytes: [UInt8]) -> Int? {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .firstIndex { String(validating: $0, as: UTF8.self) == nil }
            .map { $0 + 1 }
    }
}
