// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Who has a connection kept for them: a client.
protocol LinkOwner: Actor {
    /// What is sent to ask whether the server is there.
    static var ping: String { get }

    /// What the next attempt connects to.
    ///
    /// - Throws: ``PushClientError``, which counts as that of the attempt.
    func nextTarget() async throws -> WebSocketTarget

    /// A connection is open; the server has said nothing yet.
    func opened(_ link: WebSocketLink) async

    /// The server has sent a text.
    ///
    /// - Throws: what ends the connection.
    func received(_ text: [UInt8]) async throws

    /// The connection is over.
    ///
    /// - Returns: what is known of the reason beside the close frame.
    func closed(_ end: LinkEnd) -> LinkEnd

    /// Another attempt follows, after so long.
    func waits(_ delay: Duration, after error: PushClientError)

    /// No other attempt follows.
    func gaveUp(_ error: PushClientError)
}

/// How a connection ended.
struct LinkEnd: Error {
    /// Of the close frame, or of an error frame before it.
    var code: Int?
    var error: PushClientError
}
