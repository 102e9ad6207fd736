// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Whether the server can do its work, part by part.
package struct Readiness: Sendable, Equatable {
    /// A part that the work depends on.
    package struct Part: Sendable, Equatable {
        package let name: String
        /// What is wrong; nil where nothing is.
        package let problem: String?

        package init(name: String, problem: String?) {
            self.name = name
            self.problem = problem
        }
    }

    package var parts: [Part]

    package init(parts: [Part]) {
        self.parts = parts
    }

    package var isReady: Bool { self.parts.allSatisfy { $0.problem == nil } }
}
