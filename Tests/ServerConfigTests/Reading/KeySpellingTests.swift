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
            ("websocket.port", "PUSH_WEBSOCKET_PORT", "--set websocket.port"),
            ("http.serverKeys", "PUSH_HTTP_SERVER_KEYS", "--set http.serverKeys"),
            ("udp.maxDatagramBytes", "PUSH_UDP_MAX_DATAGRAM_BYTES", "--set udp.maxDatagramBytes"),
            ("limits.connectionsPerIP", "PUSH_LIMITS_CONNECTIONS_PER_IP", "--set limits.connectionsPerIP"),
            ("limits.maxURLLength", "PUSH_LIMITS_MAX_URL_LENGTH", "--set limits.maxURLLength"),
            ("mariadb.url", "PUSH_MARIADB_URL", "--set mariadb.url"),
            ("auth.tokenOrder", "PUSH_AUTH_TOKEN_ORDER", "--set auth.tokenOrder"),
            ("hash.sha256Key", "PUSH_HASH_SHA256_KEY", "--set hash.sha256Key"),
            ("a", "PUSH_A", "--set a"),
            ("", "PUSH_", "--set "),
        ]
    )
    func spelling(_ key: String, _ variable: String, _ flag: String) {
        #expect(EnvironmentName.of(key, prefix: "PUSH_") == variable)
        #expect(FlagName.of(key) == flag)
    }
}
