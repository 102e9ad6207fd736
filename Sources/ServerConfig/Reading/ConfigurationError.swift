// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Everything that is wrong with a configuration, found in one pass.
package struct ConfigurationError: Error, Sendable, Equatable {
    /// How many problems one error lists. A wrong file named by mistake must not fill a terminal.
    package static let maximumProblems = 50

    /// The problems in the order they were found: the file as such, then values, then what nobody read.
    package let problems: [ConfigurationProblem]
    /// How many more there were.
    package let omitted: Int

    /// An error over at least one problem.
    package init(_ problems: [ConfigurationProblem]) {
        self.problems = Array(problems.prefix(Self.maximumProblems))
        self.omitted = max(0, problems.count - Self.maximumProblems)
    }
}

extension ConfigurationError: CustomStringConvertible {
    /// One line per problem, without a newline at the end.
    package var description: String {
        var lines = problems.map(\.description)
        if omitted > 0 {
            lines.append("and \(omitted) more")
        }
        return lines.joined(separator: "\n")
    }
}
