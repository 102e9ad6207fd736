// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Sizes in bytes as a configuration writes them.
package enum ByteCount {
    private static let binary = [
        (name: "GiB", worth: 1 << 30),
        (name: "MiB", worth: 1 << 20),
        (name: "KiB", worth: 1 << 10),
    ]
    private static let worths = [
        "b": 1,
        "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000,
        "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30,
    ]

    /// Reads `64KiB`, `1 MiB`, `256 KB` (256,000) or a bare number of bytes; the case of the unit does not matter.
    ///
    /// Nil when the text is something else, negative, not a whole number of bytes, or does not fit.
    package static func parse(_ text: String) -> Int? {
        Quantity.parse(text, units: worths, bare: 1)
    }

    /// The shortest form that reads back as the same size, such as `64KiB`.
    package static func text(_ bytes: Int) -> String {
        let unit = binary.first { bytes != 0 && bytes.isMultiple(of: $0.worth) }
        return unit.map { "\(bytes / $0.worth)\($0.name)" } ?? "\(bytes)"
    }
}
