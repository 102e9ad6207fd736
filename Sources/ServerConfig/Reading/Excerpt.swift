// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Text from outside, made fit for one line of an error message.
enum Excerpt {
    /// How many characters of a value are shown before it is cut.
    static let maximumLength = 80

    /// What stands in place of a secret.
    static let hidden = "<hidden>"

    /// The text in single quotes, escaped and cut.
    static func quoted(_ text: String) -> String {
        "'\(escaped(text))'"
    }

    /// The text with everything escaped that could break the line or the terminal, cut where it is too long.
    static func escaped(_ text: String, maximumLength: Int = maximumLength) -> String {
        var result = ""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            guard count < maximumLength else { return result + "…" }
            if isPrintable(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += scalar.escaped(asASCII: true)
            }
        }
        return result
    }

    // Format characters are escaped too: a bidirectional override can make a line read as another one.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
