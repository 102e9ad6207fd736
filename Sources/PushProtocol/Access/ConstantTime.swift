// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Comparison of secrets that takes as long for a near miss as for a wild guess.
package enum ConstantTime {
    /// Whether two texts are equal. The time depends on the length of the offered one only.
    package static func equal(_ secret: String, _ offered: String) -> Bool {
        let secret = Array(secret.utf8)
        var difference: UInt8 = secret.count == offered.utf8.count ? 0 : 1
        var index = 0
        for byte in offered.utf8 {
            // A secret that is too short is compared with itself, round and round; the length has decided already.
            difference |= byte ^ (secret.isEmpty ? ~byte : secret[index])
            index += 1
            if index >= secret.count { index = 0 }
        }
        return difference == 0
    }
}
