// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Numbers as PHP writes them in JSON: what fits 64 bits as a whole number, all else by the fewest digits that tell it
/// from its neighbours.
enum PHPNumber {
    /// More digits than this before the point are written with an exponent.
    private static let wholeDigits = 17
    /// More zeros than this behind the point, too.
    private static let leadingZeros = 3

    /// What PHP makes of a JSON number; nil where it is beyond all numbers.
    static func text(_ token: String) -> String? {
        if let whole = Int64(token) { return String(whole) }
        guard let value = Double(token), value.isFinite else { return nil }
        return self.text(value)
    }

    private static func text(_ value: Double) -> String {
        let sign = value.sign == .minus ? "-" : ""
        guard value != 0 else { return sign + "0" }
        let (digits, point) = self.digits(value.magnitude)
        if point > self.wholeDigits || point < -self.leadingZeros {
            let exponent = point - 1
            let rest = digits.dropFirst()
            return "\(sign)\(digits.prefix(1)).\(rest.isEmpty ? "0" : rest)e\(exponent < 0 ? "-" : "+")"
                + String(exponent.magnitude)
        }
        if point <= 0 { return "\(sign)0.\(String(repeating: "0", count: -point))\(digits)" }
        guard digits.utf8.count > point else {
            return sign + digits + String(repeating: "0", count: point - digits.utf8.count)
        }
        return "\(sign)\(digits.prefix(point)).\(digits.dropFirst(point))"
    }

    /// The fewest digits of a positive number, without zeros at either end, and how many of them stand before the
    /// point: 0 or less where zeros stand behind it first.
    private static func digits(_ value: Double) -> (digits: String, point: Int) {
        let parts = value.description.split(separator: "e", maxSplits: 1)
        let mantissa = parts[0].split(separator: ".", maxSplits: 1)
        let whole = mantissa[0]
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        var digits = Substring(whole + fraction)
        var point = whole.utf8.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.first == "0" {
            digits.removeFirst()
            point -= 1
        }
        while digits.last == "0" { digits.removeLast() }
        return (String(digits), point)
    }
}
