// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What a client's connection does.
public enum ConnectionState: Sendable, Hashable {
    /// Nobody has asked for one, or it was ended by `disconnect`.
    case disconnected
    /// It is being made.
    case connecting
    /// The server has greeted the client, or taken its login.
    case connected
    /// It broke, or could not be made, for this reason; the next attempt follows after so long.
    case waiting(PushClientError, retry: Duration)
    /// The server does not want this client: it does not come back by itself.
    case refused(PushClientError)
}
