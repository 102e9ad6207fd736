// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What a server tells a client that is about no channel.
public enum ChannelsNotice: Sendable, Hashable {
    /// Something was refused; the connection goes on. 4301: too many client events.
    case error(code: Int?, message: String)
    /// These users of the watchlist are there now.
    case online([String])
    /// These are there no longer.
    case offline([String])
    /// An event of the server's own.
    case event(name: String, data: String)
}
