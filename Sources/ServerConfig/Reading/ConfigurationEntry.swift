// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// One key as it was read: what it expects, what it is, and who said so.
///
/// This is what `check-config` prints, and what a test compares with the documented keys.
package struct ConfigurationEntry: Sendable, Equatable {
    /// The dotted key, such as `websocket.port`.
    package let key: String
    /// The environment variable that sets it, such as `PUSH_WEBSOCKET_PORT`; empty where none does.
    package let environmentName: String
    /// What a value must be, such as `an integer between 0 and 65535`.
    package let expectation: String
    /// The value in force as text; `<hidden>` for a secret, `(none)` where there is none.
    package let value: String
    /// The default as text; `(none)` where there is none.
    package let defaultValue: String
    /// Who set the value in force.
    package let origin: ConfigurationOrigin
    /// Of a secret, what stands for its value in a comparison; nil for any other.
    let secret: SecretDigest?

    /// Whether the value is one that is never shown, and that a file of its own may hold.
    package var isSecret: Bool { secret != nil }

    /// Whether another reading of the key gave the same value. Of secrets, what was written is compared.
    package func hasSameValue(as other: ConfigurationEntry) -> Bool {
        value == other.value && secret == other.secret
    }

    /// The same value under the key that it has among all values, where it was read as a part of its own.
    func under(_ section: String) -> ConfigurationEntry {
        ConfigurationEntry(
            key: "\(section).\(key)", environmentName: "", expectation: expectation, value: value,
            defaultValue: defaultValue, origin: origin, secret: secret
        )
    }

    /// What stands for a value that is absent.
    static let none = "(none)"

    /// The problem that the value cannot be used, with its origin: for what is found out only after reading, such as an
    /// address that cannot be bound.
    ///
    /// - Parameter reason: completes the value: `cannot be bound: address already in use`. Holds no secret.
    package func refused(because reason: String) -> ConfigurationProblem {
        let message = [subject, reason].compactMap(\.self).joined(separator: " ")
        return ConfigurationProblem(code: .invalidValue, origin: origin, key: key, message: message)
    }

    private var subject: String? {
        switch value {
        case Self.none: nil
        case Excerpt.hidden: value
        default: Excerpt.quoted(value)
        }
    }
}

extension ConfigurationEntry: CustomStringConvertible {
    /// One line: `websocket.port = 9501 (config/push-server.yaml:12)`.
    package var description: String {
        "\(key) = \(value.isEmpty ? "''" : value) (\(origin))"
    }
}
