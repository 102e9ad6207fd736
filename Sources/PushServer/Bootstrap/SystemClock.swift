// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOCore
internal import PushCore

/// The clocks of the system.
struct SystemClock: ServerClock {
    func now() -> Moment {
        Moment(
            uptime: Int64(NIODeadline.now().uptimeNanoseconds),
            milliseconds: Int64(Date().timeIntervalSince1970 * 1000)
        )
    }
}
