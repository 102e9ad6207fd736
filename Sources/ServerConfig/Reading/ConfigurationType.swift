// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// How one type of value is read from text, named in an error, and shown.
///
/// The typed reads of `ConfigurationReader` are built on the types below; a module with a type of its own (an address,
/// an `id=secret` pair) makes one more and reads it the same way.
package struct ConfigurationType<Value: Sendable>: Sendable {
    /// What a value must be, such as `an integer between 0 and 65535`: completes "'abc' is not …".
    package let expectation: String
    /// Whether the text of a value must never be shown.
    package let isSecret: Bool
    /// Reads a value; nil when the text is not one. The origin tells a file from the environment and flags.
    package let parse: @Sendable (_ text: String, _ origin: ConfigurationOrigin) -> Value?
    /// The value as text for `check-config`. Of a secret, only what anyone may see.
    package let show: @Sendable (Value) -> String

    /// A type of value.
    ///
    /// - Parameters:
    ///   - isSecret: hides the text in every error. `show` is then `<hidden>` unless one is given that leaves the
    ///     secret part out.
    package init(
        expectation: String,
        isSecret: Bool = false,
        show: (@Sendable (Value) -> String)? = nil,
        parse: @escaping @Sendable (_ text: String) -> Value?
    ) {
        self.init(expectation: expectation, isSecret: isSecret, show: show, parseFrom: { text, _ in parse(text) })
    }

    /// A type of value that reads differently in a file, which has types of its own, than elsewhere.
    package init(
        expectation: String,
        isSecret: Bool = false,
        show: (@Sendable (Value) -> String)? = nil,
        parseFrom: @escaping @Sendable (_ text: String, _ origin: ConfigurationOrigin) -> Value?
    ) {
        self.expectation = expectation
        self.isSecret = isSecret
        self.show = show ?? { isSecret ? Excerpt.hidden : "\($0)" }
        self.parse = parseFrom
    }
}
