// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// This machine's clock.
enum SystemTime {
    /// Seconds since 1970.
    static var seconds: Int { Int(Date().timeIntervalSince1970) }

    /// Milliseconds since 1970.
    static var milliseconds: Int { Int(Date().timeIntervalSince1970 * 1000) }
}
