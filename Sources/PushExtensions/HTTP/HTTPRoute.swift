// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Answers calls to a path of its own, on both TCP ports.
///
/// A path is segments, and names in braces that stand for any segment: `/hooks/{name}`. The server's own paths cannot be
/// taken: those that begin with `/app`, `/apps`, `/chat`, `/health`, `/index`, `/metrics`, `/plugin`, `/pusher`,
/// `/subscribe` and `/t`, `/` itself, and files of JavaScript and CSS beside it. The start fails otherwise.
public protocol HTTPRoute: Sendable {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    var method: String { get }
    var path: String { get }

    /// Answers a call. Nothing has been checked: who may call is the route's own business.
    ///
    /// - Throws: anything; the caller is answered 500 and the log has the error's type.
    func respond(to call: HTTPCall, on server: any ServerContext) async throws -> HTTPAnswer
}
