// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The clocks of the system.
struct SystemClock: ServerClock {
    func now() -> Moment {
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        return Moment(
            uptime: Int64(NIODeadline.now().uptimeNanoseconds),
            milliseconds: Int64(wall.tv_sec) * 1000 + Int64(wall.tv_nsec) / 1_000_000
        )
    }
}
