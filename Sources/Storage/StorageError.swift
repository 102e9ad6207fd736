// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Why a store cannot be used.
package struct StorageError: Error, CustomStringConvertible, Sendable {
    /// What kind of failure.
    package enum Code: Sendable {
        /// A file or a server cannot be opened.
        case cannotOpen
        /// A read or write failed.
        case failed
    }

    package var code: Code
    /// For the log; holds no secret and no content.
    package var message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { self.message }
}
