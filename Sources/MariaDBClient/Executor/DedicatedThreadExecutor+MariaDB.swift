// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import CMariaDB

extension DedicatedThreadExecutor {
    /// A thread that may call libmariadb.
    ///
    /// - Parameter name: the thread's name; Linux keeps the first 15 bytes.
    package static func forMariaDB(name: String = "mariadb") -> DedicatedThreadExecutor {
        DedicatedThreadExecutor(
            name: name,
            setUp: { if ClientLibrary.isReady { mysql_thread_init() } },
            tearDown: { mysql_thread_end() }
        )
    }
}
