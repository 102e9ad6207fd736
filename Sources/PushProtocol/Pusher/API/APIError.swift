// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Why a call of Pusher's HTTP API was refused: an HTTP status and one line for whoever wrote the call. The line never
/// holds a secret or a signature.
package struct APIError: Error, Equatable, Sendable {
    /// What is wrong, as far as a dialect has words of its own for it.
    package enum Reason: Sendable {
        case other
        /// No key of an app is named.
        case noKey
        /// There is no app of this id or key, or the two are not the same app's.
        case unknownApp
        case wrongSignature
        /// Nothing is called by this path, or not by this method.
        case nothingThere
        case noEventName
        case noEventData
        case noBatch
    }

    /// 400–599.
    package var status: Int
    package var message: String
    package var reason: Reason

    package init(status: Int, message: String, reason: Reason = .other) {
        self.status = status
        self.message = message
        self.reason = reason
    }

    /// 400
    package static func badRequest(_ message: String, reason: Reason = .other) -> APIError {
        APIError(status: 400, message: message, reason: reason)
    }
    /// 401
    package static func unauthorized(_ message: String, reason: Reason = .other) -> APIError {
        APIError(status: 401, message: message, reason: reason)
    }
    /// 403
    package static func forbidden(_ message: String) -> APIError { APIError(status: 403, message: message) }
    /// 404
    package static func notFound(_ message: String, reason: Reason = .other) -> APIError {
        APIError(status: 404, message: message, reason: reason)
    }
    /// 413
    package static func tooLarge(_ message: String) -> APIError { APIError(status: 413, message: message) }
    /// 503
    package static func unavailable(_ message: String) -> APIError { APIError(status: 503, message: message) }

    /// What a caller sent, as a message may show it: its beginning, in quotes, on one line.
    static func shown(_ text: some StringProtocol) -> String {
        let beginning = String(String.UnicodeScalarView(text.unicodeScalars.prefix(64)))
        return beginning.debugDescription + (beginning.utf8.count < text.utf8.count ? "…" : "")
    }
}
