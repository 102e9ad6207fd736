// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import UDPIngest

/// The secrets that a server generated for itself at its first start: a file with two of the configuration's keys.
package struct GeneratedSecrets: Sendable {
    package let allow: [UDPConfiguration.AllowEntry]
    package let serverKeys: [String]

    /// Reads the file.
    package static func read(path: String) throws(ConfigurationError) -> GeneratedSecrets {
        let reader = ConfigurationReader(file: .read(path, absence: .problem))
        let secrets = GeneratedSecrets(
            allow: reader.list("udp.allow", default: [], of: .allowEntry), serverKeys: reader.secrets("http.serverKeys")
        )
        try reader.finish()
        return secrets
    }
}
