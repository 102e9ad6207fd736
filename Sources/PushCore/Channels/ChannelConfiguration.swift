// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// How the sessions of channels behave, whatever their app.
package struct ChannelConfiguration: Sendable, Equatable {
    /// Nanoseconds without an inbound byte after which the server pings; clients are told to ping as often.
    package var activityTimeout: Int64
    /// Nanoseconds that a client has to answer a ping.
    package var pongTimeout: Int64
    /// Nanoseconds from the handshake to the sign-in, where the app asks for one.
    package var signinTimeout: Int64
    /// The most channels of one connection.
    package var maximumChannels: Int

    package init(
        activityTimeout: Int64 = 120_000_000_000, pongTimeout: Int64 = 30_000_000_000,
        signinTimeout: Int64 = 30_000_000_000, maximumChannels: Int = 1000
    ) {
        self.activityTimeout = activityTimeout
        self.pongTimeout = pongTimeout
        self.signinTimeout = signinTimeout
        self.maximumChannels = maximumChannels
    }
}
