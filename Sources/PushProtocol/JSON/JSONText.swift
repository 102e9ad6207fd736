// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Strings and integers to and from their JSON text.
package enum JSONText {
    /// The characters of a string value; nil where the value is not a string, or holds half of a surrogate pair, which
    /// no Swift string can.
    package static func string(_ value: JSONValue, in text: UnsafeRawBufferPointer) -> String? {
        guard value.kind == .string else { return nil }
        let inner = text[value.range.lowerBound + 1..<value.range.upperBound - 1]
        guard inner.contains(UInt8(ascii: "\\")) else {
            return String(decoding: UnsafeRawBufferPointer(rebasing: inner), as: UTF8.self)
        }
        let bytes = self.unescape(inner)
        return String(validating: bytes, as: UTF8.self)
    }

    /// The value of an integer; nil where the value is no number, has a fraction or an exponent, or does not fit.
    package static func integer(_ value: JSONValue, in text: UnsafeRawBufferPointer) -> Int64? {
        guard value.kind == .number else { return nil }
        return self.integer(text[value.range])
    }

    /// The value of decimal digits with an optional minus; nil where there is anything else, or it does not fit.
    package static func integer(_ digits: Slice<UnsafeRawBufferPointer>) -> Int64? {
        var rest = digits
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return nil }
        var result: Int64 = 0
        for byte in rest {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            let digit = Int64(byte &- UInt8(ascii: "0"))
            let (shifted, tooLarge) = result.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = shifted.subtractingReportingOverflow(digit)
            if tooLarge || overflow { return nil }
            result = sum
        }
        // Counted downwards, since the smallest integer has no positive twin.
        if isNegative { return result }
        return result == .min ? nil : -result
    }

    /// A string or an integer, as the text of an id: `123`, `"123"`. Integers must fit 64 bits.
    package static func identifier(_ value: JSONValue, in text: UnsafeRawBufferPointer) -> String? {
        switch value.kind {
        case .string: self.string(value, in: text)
        case .number: self.integer(value, in: text).map { String($0) }
        default: nil
        }
    }

    /// The bytes that an escaped string stands for. Half of a surrogate pair comes out as the three bytes of its code
    /// point, which is no valid UTF-8, so that two such strings stay different and a later check finds them.
    package static func unescape(_ raw: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(raw.count)
        var at = raw.startIndex
        while at < raw.endIndex {
            let byte = raw[at]
            guard byte == UInt8(ascii: "\\"), at + 1 < raw.endIndex else {
                result.append(byte)
                at += 1
                continue
            }
            at += 2
            switch raw[at - 1] {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"): self.appendCodePoint(self.codePoint(raw, &at), to: &result)
            default: result.append(raw[at - 1])
            }
        }
        return result
    }

    /// The code point of the escape whose four digits begin at `at`, with the second half of its pair where there is one.
    private static func codePoint(_ raw: Slice<UnsafeRawBufferPointer>, _ at: inout Int) -> UInt32 {
        let first = self.hex4(raw, at)
        at = min(at + 4, raw.endIndex)
        guard 0xD800..<0xDC00 ~= first, at + 6 <= raw.endIndex,
            raw[at] == UInt8(ascii: "\\"), raw[at + 1] == UInt8(ascii: "u")
        else { return first }
        let second = self.hex4(raw, at + 2)
        guard 0xDC00..<0xE000 ~= second else { return first }
        at += 6
        return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
    }

    private static func hex4(_ raw: Slice<UnsafeRawBufferPointer>, _ at: Int) -> UInt32 {
        raw[min(at, raw.endIndex)..<min(at + 4, raw.endIndex)].reduce(0) { $0 << 4 | UInt32(self.hexDigit($1) ?? 0) }
    }

    private static func appendCodePoint(_ point: UInt32, to bytes: inout [UInt8]) {
        switch point {
        case ..<0x80:
            bytes.append(UInt8(point))
        case ..<0x800:
            bytes.append(UInt8(0xC0 | point >> 6))
            bytes.append(UInt8(0x80 | point & 0x3F))
        case ..<0x10000:
            bytes.append(UInt8(0xE0 | point >> 12))
            bytes.append(UInt8(0x80 | point >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | point & 0x3F))
        default:
            bytes.append(UInt8(0xF0 | point >> 18))
            bytes.append(UInt8(0x80 | point >> 12 & 0x3F))
            bytes.append(UInt8(0x80 | point >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | point & 0x3F))
        }
    }

    /// The value of a hexadecimal digit, of either case.
    package static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
