// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// How a key is given on the command line.
package enum FlagName {
    /// `udp.port` is set by `--set udp.port=…`.
    package static func of(_ key: String) -> String {
        "--set \(key)"
    }
}
