// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a database URL. It never repeats a part of the URL: a misplaced `/` or `?` makes a password
/// look like any other part.
package struct MariaDBURLError: Error, Equatable, CustomStringConvertible {
    /// The part that is wrong.
    package enum Part: String, Sendable {
        case scheme, user, password, host, port, database, option
    }

    package let part: Part
    package let description: String

    init(_ part: Part, _ description: String) {
        self.part = part
        self.description = description
    }
}
