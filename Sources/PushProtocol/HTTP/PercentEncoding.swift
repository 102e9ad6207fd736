// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Percent-encoding (RFC 3986, section 2.1).
package enum PercentEncoding {
    /// Decodes a text. An escape that is not one (`%`, `%4`, `%zz`) stands for itself, as browsers and PHP read it; nil
    /// where the result is not UTF-8.
    ///
    /// - Parameter plusIsSpace: whether `+` stands for a space, as in forms.
    package static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(text)
        }
        let source = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(source.count)
        var at = 0
        while at < source.count {
            let byte = source[at]
            if byte == UInt8(ascii: "%"), at + 2 < source.count,
                let high = JSONText.hexDigit(source[at + 1]), let low = JSONText.hexDigit(source[at + 2])
            {
                result.append(high << 4 | low)
                at += 3
            } else {
                result.append(byte == UInt8(ascii: "+") && plusIsSpace ? UInt8(ascii: " ") : byte)
                at += 1
            }
        }
        return String(validating: result, as: UTF8.self)
    }
}
