// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// An error as the chat protocol tells it: a code out of HTTP's, and a text for whoever writes the client.
package struct FrameError: Error, Equatable, Sendable {
    package var code: Int
    package var message: String

    package init(code: Int, message: String) {
        self.code = code
        self.message = message
    }

    package static func malformed(_ message: String) -> FrameError { FrameError(code: 400, message: message) }
    package static func forbidden(_ message: String) -> FrameError { FrameError(code: 403, message: message) }
    package static let tooLarge = FrameError(code: 413, message: "content is larger than 64 KiB")
    package static let tooFast = FrameError(code: 429, message: "too many messages")
    package static let refused = FrameError(code: 503, message: "the archive is full; not delivered, not stored")

    /// The text for a JSON error.
    package init(_ error: JSONError) {
        self = .malformed("JSON: \(error.reason.rawValue) at byte \(error.offset)")
    }
}
