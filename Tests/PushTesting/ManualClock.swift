// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushCore
internal import Synchronization

/// A clock that stands still unless the test moves it. Any thread.
package final class ManualClock: ServerClock {
    private let moment: Mutex<Moment>

    package init(_ moment: Moment = Moment(uptime: 1_000_000_000_000, milliseconds: 1_600_000_000_000)) {
        self.moment = Mutex(moment)
    }

    package func now() -> Moment { self.moment.withLock { $0 } }

    /// Lets time go by.
    package func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        self.moment.withLock { moment in
            moment.uptime += nanoseconds
            moment.milliseconds += nanoseconds / 1_000_000
        }
    }

    /// Sets the wall clock, as an administrator does; the uptime goes on.
    package func setWallClock(milliseconds: Int64) {
        self.moment.withLock { $0.milliseconds = milliseconds }
    }
}
