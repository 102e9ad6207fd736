// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension ConfigurationType where Value == String {
    /// Any text, the empty one included.
    package static let string = ConfigurationType(expectation: "a text") { text in text }

    /// A text that is not empty and never shown.
    package static let secret = ConfigurationType(expectation: "a secret that is not empty", isSecret: true) { text in
        text.isEmpty ? nil : text
    }
}

extension ConfigurationType where Value == Bool {
    /// `true` or `false`; outside a file, where there is only text, also `yes no on off 1 0`. Case does not matter.
    package static let bool = ConfigurationType(expectation: "true or false") { text, origin in
        switch (text.lowercased(), origin) {
        case ("true", _): true
        case ("false", _): false
        case (_, .file): nil
        case ("1", _), ("yes", _), ("on", _): true
        case ("0", _), ("no", _), ("off", _): false
        default: nil
        }
    }
}

extension ConfigurationType
where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words an enum lists, spelled exactly.
    package static var word: ConfigurationType {
        ConfigurationType(
            expectation: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
            show: { $0.rawValue },
            parse: { text in Value(rawValue: text) }
        )
    }
}
