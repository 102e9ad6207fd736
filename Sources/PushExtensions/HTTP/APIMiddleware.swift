// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Looks at every call of the HTTP interfaces, and may refuse it or change its answer: all that is below `/apps`, `/chat`,
/// `/plugin`, `/pusher`, `/subscribe` and `/users`, however many slashes a path has.
///
/// Middlewares stand around each other like the skins of an onion, the server's own handling inmost. A call comes before
/// the server has checked who makes it: the status of the answer says what it found. With a middleware installed
/// publications take the general way in place of the short one, which costs throughput.
public protocol APIMiddleware: Sendable {
    /// Handles a call.
    ///
    /// - Parameters:
    ///   - server: what can be done beside that.
    ///   - next: has the next middleware or the server answer. Who does not call it refuses the call.
    /// - Returns: the answer.
    /// - Throws: anything; the caller is answered 500 and the log has the error's type.
    func handle(
        _ call: HTTPCall, on server: any ServerContext, next: () async throws -> HTTPAnswer
    ) async throws -> HTTPAnswer
}
