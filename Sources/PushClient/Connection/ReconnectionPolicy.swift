// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// When a connection that broke is made anew.
///
/// The close codes of the protocols decide first: 4000–4099, and from 4300 on, mean not to come back; 4200–4299 to come
/// back at once, which a connection that had lived for ``minimumDelay`` does within half a second; everything else to
/// come back later. The delays of the latter double, each drawn from the upper half of its span, so that many clients do
/// not come back at one moment.
public struct ReconnectionPolicy: Sendable, Hashable {
    /// The span of the first delay, at least a millisecond.
    public var minimumDelay: Duration = .seconds(1)
    /// The span of the longest delay.
    public var maximumDelay: Duration = .seconds(30)

    /// One second, and thirty.
    public init() {}
}
