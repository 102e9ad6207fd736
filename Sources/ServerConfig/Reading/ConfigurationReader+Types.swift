// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// The reads by name. Each returns its default, or nil, when the key is absent or its value is refused.
extension ConfigurationReader {
    /// Any text.
    package func string(_ key: String, default: String) -> String {
        value(key, default: `default`, .string)
    }

    /// Any text, nil when absent.
    package func optionalString(_ key: String) -> String? {
        optional(key, .string)
    }

    /// A list of texts, none of them empty.
    package func strings(_ key: String, default: [String]) -> [String] {
        list(key, default: `default`, of: .string)
    }

    /// A text that is not empty and shown nowhere, nil when absent. A secret has no default.
    package func secret(_ key: String) -> String? {
        optional(key, .secret)
    }

    /// A list of secrets, empty when absent.
    package func secrets(_ key: String) -> [String] {
        list(key, default: [], of: .secret)
    }

    /// A decimal integer within a range.
    package func int(_ key: String, default: Int, in range: ClosedRange<Int>) -> Int {
        value(key, default: `default`, .int(in: range))
    }

    /// A decimal integer within a range, nil when absent.
    package func optionalInt(_ key: String, in range: ClosedRange<Int>) -> Int? {
        optional(key, .int(in: range))
    }

    /// A finite decimal number within a range.
    package func double(_ key: String, default: Double, in range: ClosedRange<Double>) -> Double {
        value(key, default: `default`, .double(in: range))
    }

    /// A finite decimal number within a range, nil when absent.
    package func optionalDouble(_ key: String, in range: ClosedRange<Double>) -> Double? {
        optional(key, .double(in: range))
    }

    /// `true` or `false`; in the environment and flags also `yes no on off 1 0`.
    package func bool(_ key: String, default: Bool) -> Bool {
        value(key, default: `default`, .bool)
    }

    /// Like `bool(_:default:)`, nil when absent.
    package func optionalBool(_ key: String) -> Bool? {
        optional(key, .bool)
    }

    /// A duration such as `500ms`, `10s`, `2m`, `24h`; a bare number is seconds.
    package func duration(
        _ key: String,
        default: Duration,
        in range: ClosedRange<Duration> = .zero ... .configurationMaximum
    ) -> Duration {
        value(key, default: `default`, .duration(in: range))
    }

    /// Like `duration(_:default:in:)`, nil when absent.
    package func optionalDuration(
        _ key: String,
        in range: ClosedRange<Duration> = .zero ... .configurationMaximum
    ) -> Duration? {
        optional(key, .duration(in: range))
    }

    /// A size in bytes such as `64KiB`, `1MiB`, `256 KB`; a bare number is bytes.
    package func byteCount(_ key: String, default: Int, in range: ClosedRange<Int> = 0 ... .max) -> Int {
        value(key, default: `default`, .byteCount(in: range))
    }

    /// Like `byteCount(_:default:in:)`, nil when absent.
    package func optionalByteCount(_ key: String, in range: ClosedRange<Int> = 0 ... .max) -> Int? {
        optional(key, .byteCount(in: range))
    }

    /// One of the words of an enum.
    package func oneOf<Word>(_ key: String, default: Word, _ type: Word.Type = Word.self) -> Word
    where Word: RawRepresentable & CaseIterable & Sendable, Word.RawValue == String {
        value(key, default: `default`, .word)
    }

    /// One of the words of an enum, nil when absent.
    package func optionalOneOf<Word>(_ key: String, _ type: Word.Type) -> Word?
    where Word: RawRepresentable & CaseIterable & Sendable, Word.RawValue == String {
        optional(key, .word)
    }
}
