// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOSSL
import PushClient
import PushTesting
import Testing

/// Clients of a server that speaks TLS.
@Suite struct EncryptedConnectionTests {
    @Test func aCertificateThatIsTrustedWillDoAndNoOther() async throws {
        let certificate = try await TestCertificate.make()
        try await PushServerProcess.with(
            settings: ["TLS_CERTIFICATE": certificate.certificate, "TLS_KEY": certificate.key]
        ) { server in
            let url = "wss://localhost:\(server.webSocketPort)"
            var options = PushServerProcess.options
            let stranger = try ChannelsClient(url: url, key: PushServerProcess.appKey, options: options)
            await #expect { try await stranger.connect() } throws: { ($0 as? PushClientError)?.code == .connection }
            options.tls.trustRoots = .file(certificate.certificate)
            let client = try ChannelsClient(url: url, key: PushServerProcess.appKey, options: options)
            try await client.whileConnected { client in
                let room = try await client.subscribe(to: "room")
                #expect(room.channel == "room")
            }
            let token = try await server.token(for: "bob")
            try await ChatClient(url: url, accessToken: token, options: options).whileConnected { bob in
                let unread = try await bob.unread()
                #expect(unread == [:])
            }
        }
    }

    @Test func plainTextIsNotSpokenWithAServerThatWantsTLS() async throws {
        let certificate = try await TestCertificate.make()
        try await PushServerProcess.with(
            settings: ["TLS_CERTIFICATE": certificate.certificate, "TLS_KEY": certificate.key]
        ) { server in
            let client = try server.channels()
            await #expect { try await client.connect() } throws: { ($0 as? PushClientError)?.code == .connection }
        }
    }
}
