// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What an installation adds to the server: every extension stands in one of these lists.
public struct ServerExtensions: Sendable {
    public init() {}
}
