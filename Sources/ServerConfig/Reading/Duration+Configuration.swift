// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// The longest duration a configuration can name, about 292 years.
    package static let configurationMaximum = Duration.nanoseconds(Int64.max)

    private static let units = [
        (name: "ns", worth: 1),
        (name: "us", worth: 1_000),
        (name: "ms", worth: 1_000_000),
        (name: "s", worth: 1_000_000_000),
        (name: "m", worth: 60_000_000_000),
        (name: "h", worth: 3_600_000_000_000),
        (name: "d", worth: 86_400_000_000_000),
    ]
    private static let worths = Dictionary(uniqueKeysWithValues: units.map { ($0.name, $0.worth) })
    private static let second = 1_000_000_000

    /// Reads `10s`, `500ms`, `2m`, `24h`, `1.5 s`; units are ns us ms s m h d, and a bare number is seconds.
    ///
    /// Nil when the text is something else, negative, finer than a nanosecond or above `configurationMaximum`.
    package init?(configuration text: String) {
        guard let nanoseconds = Quantity.parse(text, units: Self.worths, bare: Self.second) else { return nil }
        self = .nanoseconds(Int64(nanoseconds))
    }

    /// The shortest form that reads back as the same duration, in the largest unit up to hours that divides it.
    package var configurationText: String {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = Int(seconds).multipliedReportingOverflow(by: Self.second)
        let (nanoseconds, carry) = scaled.addingReportingOverflow(Int(attoseconds / 1_000_000_000))
        guard !overflow, !carry else { return "\(seconds)s" }
        guard nanoseconds != 0 else { return "0s" }
        let unit = Self.units.last { $0.name != "d" && nanoseconds.isMultiple(of: $0.worth) }
        return unit.map { "\(nanoseconds / $0.worth)\($0.name)" } ?? "\(nanoseconds)ns"
    }
}
