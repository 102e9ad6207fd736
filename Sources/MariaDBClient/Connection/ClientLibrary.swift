// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import CMariaDB

/// The process-wide set-up of libmariadb, done once before the first handle.
enum ClientLibrary {
    /// False when the library could not be set up; it never will be then.
    static let isReady = mysql_server_init(0, nil, nil) == 0
}
