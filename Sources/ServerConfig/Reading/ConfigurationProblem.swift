// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// One thing that is wrong with the configuration, told in one line.
package struct ConfigurationProblem: Error, Sendable, Hashable {
    /// What kind of problem it is.
    package struct Code: Sendable, Hashable {
        private enum Kind {
            case unreadableFile, malformedFile, unknownKey, wrongShape, invalidValue, ambiguousName
        }

        private let kind: Kind

        /// The file is missing, cannot be read, or is too large.
        package static let unreadableFile = Code(kind: .unreadableFile)
        /// The file is not YAML, or not the part of YAML that is accepted.
        package static let malformedFile = Code(kind: .malformedFile)
        /// A key, environment variable or flag that nothing reads.
        package static let unknownKey = Code(kind: .unknownKey)
        /// A section where a value stands, a value where a list stands, and so on.
        package static let wrongShape = Code(kind: .wrongShape)
        /// A value that does not parse, lies outside its range, or was refused by who reads it.
        package static let invalidValue = Code(kind: .invalidValue)
        /// Two keys share one environment name: a mistake in the code, not in the configuration.
        package static let ambiguousName = Code(kind: .ambiguousName)
    }

    /// What kind of problem it is.
    package let code: Code
    /// Where it stands.
    package let origin: ConfigurationOrigin
    /// The dotted key it is about; nil when the file as a whole is meant.
    package let key: String?
    /// What is wrong. One line, bounded, never the text of a secret.
    package let message: String
}

extension ConfigurationProblem: CustomStringConvertible {
    /// One line: `config/push-server.yaml:12: udp.port: 'abc' is not an integer between 0 and 65535`.
    package var description: String {
        [origin.description, key.map { Excerpt.escaped($0) }, message].compactMap(\.self).joined(separator: ": ")
    }
}
