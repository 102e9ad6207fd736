// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Who gets a client the signatures that private and presence channels want.
///
/// It is asked again at each reconnection: a signature is of one connection. What it throws ends a subscription that
/// begins. One that is renewed is tried again, unless the error is a ``PushClientError`` with code `refused`.
public protocol ChannelAuthorizer: Sendable {
    /// Admits a connection to a private or presence channel.
    func authorization(socketID: String, channel: String) async throws -> ChannelAuthorization

    /// Signs a connection in as a user.
    func userAuthentication(socketID: String) async throws -> UserAuthentication
}
