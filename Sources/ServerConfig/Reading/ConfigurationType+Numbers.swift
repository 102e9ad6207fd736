// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension ConfigurationType where Value == Int {
    /// A decimal integer within a range. No sign but `-`, no leading zeros (octal to some readers of YAML), no `_`.
    package static func int(in range: ClosedRange<Int>) -> ConfigurationType {
        ConfigurationType(expectation: "an integer" + bounds(range, within: .min ... .max, show: { "\($0)" })) { text in
            let digits = text.hasPrefix("-") ? text.dropFirst() : Substring(text)
            guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), digits == "0" || digits.first != "0" else {
                return nil
            }
            return Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A size in bytes within a range, as `ByteCount` reads it.
    package static func byteCount(in range: ClosedRange<Int>) -> ConfigurationType {
        let bounds = bounds(range, within: 0 ... .max, show: ByteCount.text)
        return ConfigurationType(
            expectation: "a size such as 512, 64KiB, 1MiB" + bounds,
            show: ByteCount.text,
            parse: { text in ByteCount.parse(text).flatMap { range.contains($0) ? $0 : nil } }
        )
    }
}

extension ConfigurationType where Value == Double {
    /// A finite decimal number within a range.
    package static func double(in range: ClosedRange<Double>) -> ConfigurationType {
        let widest = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
        return ConfigurationType(expectation: "a number" + bounds(range, within: widest, show: { "\($0)" })) { text in
            // `Double` would also take nan, infinity and hexadecimal.
            guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }) else { return nil }
            return Double(text).flatMap { $0.isFinite && range.contains($0) ? $0 : nil }
        }
    }
}

extension ConfigurationType where Value == Duration {
    /// A duration within a range, as `Duration.init(configuration:)` reads it.
    package static func duration(in range: ClosedRange<Duration>) -> ConfigurationType {
        let bounds = bounds(range, within: .zero ... .configurationMaximum, show: \.configurationText)
        return ConfigurationType(
            expectation: "a duration such as 500ms, 10s, 2m, 24h" + bounds,
            show: \.configurationText,
            parse: { text in Duration(configuration: text).flatMap { range.contains($0) ? $0 : nil } }
        )
    }
}

/// How a range reads after the name of a type: nothing for a bound at the end of what the type can hold.
private func bounds<Bound>(
    _ range: ClosedRange<Bound>,
    within widest: ClosedRange<Bound>,
    show: (Bound) -> String
) -> String {
    switch (range.lowerBound > widest.lowerBound, range.upperBound < widest.upperBound) {
    case (false, false): ""
    case (true, false): " of at least \(show(range.lowerBound))"
    case (false, true): " of at most \(show(range.upperBound))"
    case (true, true): " between \(show(range.lowerBound)) and \(show(range.upperBound))"
    }
}
