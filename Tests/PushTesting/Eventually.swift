// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Waits for something that other threads do, and that tells nobody when it is done.
package enum Eventually {
    /// It has not come to be.
    package struct Never: Error, CustomStringConvertible {
        package let description: String
    }

    /// Looks until a condition holds.
    ///
    /// - Parameter what: says it in words, for the error.
    /// - Throws: ``Never`` after twenty seconds.
    package static func holds(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try await !condition() {
            guard ContinuousClock.now < deadline else { throw Never(description: "it never came to be that \(what)") }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
