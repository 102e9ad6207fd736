// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import ServerConfig
import Testing

@Suite("The spelling of a key")
struct KeySpellingTests {
    @Test(
        "as environment variable and as flag follows its words",
        arguments: [
            ("websocket.port", "PUSH_WEBSOCKET_PORT", "--websocket-port"),
            ("http.serverKeys", "PUSH_HTTP_SERVER_KEYS", "--http-server-keys"),
            ("udp.maxDatagramBytes", "PUSH_UDP_MAX_DATAGRAM_BYTES", "--udp-max-datagram-bytes"),
            ("limits.connectionsPerIP", "PUSH_LIMITS_CONNECTIONS_PER_IP", "--limits-connections-per-ip"),
            ("limits.maxURLLength", "PUSH_LIMITS_MAX_URL_LENGTH", "--limits-max-url-length"),
            ("mariadb.url", "PUSH_MARIADB_URL", "--mariadb-url"),
            ("auth.tokenOrder", "PUSH_AUTH_TOKEN_ORDER", "--auth-token-order"),
            ("hash.sha256Key", "PUSH_HASH_SHA256_KEY", "--hash-sha256-key"),
            ("a", "PUSH_A", "--a"),
            ("", "PUSH_", "--"),
        ]
    )
    func spelling(_ key: String, _ variable: String, _ flag: String) {
        #expect(EnvironmentName.of(key, prefix: "PUSH_") == variable)
        #expect(FlagName.of(key) == flag)
    }
}
