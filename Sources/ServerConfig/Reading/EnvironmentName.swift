// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// How a key is spelled as an environment variable.
package enum EnvironmentName {
    /// `http.serverKeys` with the prefix `PUSH_` is `PUSH_HTTP_SERVER_KEYS`.
    package static func of(_ key: String, prefix: String) -> String {
        prefix + KeyWords.of(key).joined(separator: "_").uppercased()
    }

    /// The variable that names a file with the value of another: `PUSH_REDIS_URL_FILE` for `PUSH_REDIS_URL`.
    package static func ofFile(_ name: String) -> String { name + "_FILE" }

    /// Whether a name matches one of the patterns: a name, or the beginning of one followed by `*`.
    static func isListed(_ name: String, in patterns: [String]) -> Bool {
        patterns.contains { pattern in
            pattern.last == "*" ? name.hasPrefix(pattern.dropLast()) : name == pattern
        }
    }
}
