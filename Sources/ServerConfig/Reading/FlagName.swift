// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// How a key is spelled as a command-line flag.
package enum FlagName {
    /// `udp.maxDatagramBytes` is `--udp-max-datagram-bytes`.
    package static func of(_ key: String) -> String {
        "--" + KeyWords.of(key).joined(separator: "-")
    }
}
