// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A decimal number with a unit, turned into a whole number of the smallest unit without rounding.
enum Quantity {
    /// Reads `10s`, `1.5 MiB` or `20`.
    ///
    /// - Parameters:
    ///   - units: what one of each unit is worth, by its lower-case name.
    ///   - bare: what one is worth where no unit is written.
    /// - Returns: nil when the text is something else, the result is not whole, or it does not fit an `Int`.
    static func parse(_ text: String, units: [String: Int], bare: Int) -> Int? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(number.count).drop { $0 == " " }.lowercased()
        guard let worth = unit.isEmpty && number.count == text.count ? bare : units[unit] else { return nil }

        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, let whole = Int(first) else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: worth)
        guard !overflow else { return nil }
        guard parts.count == 2 else { return product }
        guard let rest = fraction(parts[1], of: worth) else { return nil }
        let (sum, carry) = product.addingReportingOverflow(rest)
        return carry ? nil : sum
    }

    // 0.125 of `worth`, exactly: digits * worth / 10^count must leave no remainder.
    private static func fraction(_ digits: Substring, of worth: Int) -> Int? {
        guard (1...9).contains(digits.count), let numerator = Int(digits) else { return nil }
        let denominator = (0..<digits.count).reduce(1) { power, _ in power * 10 }
        let (product, overflow) = numerator.multipliedReportingOverflow(by: worth)
        guard !overflow, product.isMultiple(of: denominator) else { return nil }
        return product / denominator
    }
}
