// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol

/// How chat sessions behave.
package struct ChatConfiguration: Sendable {
    /// The terminals that exist.
    package var sources: [String]
    /// In which order the fields of an access token stand.
    package var tokenOrder: AccessToken.Order
    /// The accepted message types; empty accepts all but the reserved ones.
    package var types: Set<String>
    /// Nanoseconds without an inbound byte after which the server pings.
    package var pingInterval: Int64
    /// Nanoseconds without an inbound byte after which a session is closed.
    package var idleTimeout: Int64
    /// Nanoseconds from the handshake to a login.
    package var loginTimeout: Int64
    /// Nanoseconds after which the login records of open sessions are read again; 0 = never.
    package var recheckInterval: Int64
    /// Milliseconds for which a message may repeat after a reconnect, and after which none that is older comes late.
    package var settle: Int64
    /// The most messages of a replay's page.
    package var replayLimit: Int
    /// Whether clients may ask who is online.
    package var allowsOnlineQuery: Bool
    /// Frames of one session, but `ping` and `ack`.
    package var messageRate: RateLimiter.Rate
    /// Recipients that one session writes to.
    package var recipientRate: RateLimiter.Rate

    package init(
        sources: [String] = ["app", "pc", "weixin"], tokenOrder: AccessToken.Order = .tokenFirst,
        types: Set<String> = [], pingInterval: Int64 = 25_000_000_000, idleTimeout: Int64 = 60_000_000_000,
        loginTimeout: Int64 = 10_000_000_000, recheckInterval: Int64 = 60_000_000_000, settle: Int64 = 5000,
        replayLimit: Int = 200, allowsOnlineQuery: Bool = true,
        messageRate: RateLimiter.Rate = .init(perSecond: 20, burst: 40),
        recipientRate: RateLimiter.Rate = .init(perSecond: 200, burst: 400)
    ) {
        self.sources = sources
        self.tokenOrder = tokenOrder
        self.types = types
        self.pingInterval = pingInterval
        self.idleTimeout = idleTimeout
        self.loginTimeout = loginTimeout
        self.recheckInterval = recheckInterval
        self.settle = settle
        self.replayLimit = replayLimit
        self.allowsOnlineQuery = allowsOnlineQuery
        self.messageRate = messageRate
        self.recipientRate = recipientRate
    }
}
