// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Listener
import PushTesting
import Testing

@Suite("The certificate and its key")
struct TLSIdentityTests {
    private static func identity(_ certificate: String, _ key: String) throws -> TLSIdentity {
        try TLSIdentity(TLSIdentity.Files(certificate: certificate, key: key))
    }

    @Test("a missing file is refused with its key, its path and the reason")
    func missing() async throws {
        let pair = try await TestCertificate.make()
        #expect(
            throws: TLSIdentity.Problem(key: "tls.certificate", path: "/nowhere.pem", reason: "there is no such file")
        ) { try Self.identity("/nowhere.pem", pair.key) }
        #expect(throws: TLSIdentity.Problem(key: "tls.key", path: "/nowhere.pem", reason: "there is no such file")) {
            try Self.identity(pair.certificate, "/nowhere.pem")
        }
    }

    @Test("files that hold something else, and each other's, are refused")
    func wrongContent() async throws {
        let pair = try await TestCertificate.make()
        for (certificate, key, wrong) in [
            (pair.key, pair.key, "tls.certificate"), (pair.certificate, pair.certificate, "tls.key"),
            ("/dev/null", pair.key, "tls.certificate"), (pair.certificate, "/dev/null", "tls.key"),
            ("/tmp", pair.key, "tls.certificate"),
        ] {
            let problem = #expect(throws: TLSIdentity.Problem.self) { try Self.identity(certificate, key) }
            #expect(problem?.key == wrong)
        }
    }

    @Test("a key of another certificate is refused")
    func mismatch() async throws {
        let one = try await TestCertificate.make()
        let other = try await TestCertificate.make()
        let problem = #expect(throws: TLSIdentity.Problem.self) { try Self.identity(one.certificate, other.key) }
        #expect(
            problem?.description == "tls.key: \(other.key): is not the key of the certificate in \(one.certificate)")
    }

    @Test("files that have become unusable are refused by a reload, which changes nothing")
    func badReload() async throws {
        let pair = try await TestCertificate.make()
        let identity = try Self.identity(pair.certificate, pair.key)
        try await RunningListener.run(routes: RouteRecorder().routes, identity: identity) { server in
            let before = try await Self.certificate(of: server)
            try "no key".write(toFile: pair.key, atomically: true, encoding: .utf8)
            #expect(throws: TLSIdentity.Problem.self) {
                try identity.prepareRenewal(from: .init(certificate: pair.certificate, key: pair.key))()
            }
            #expect(try await Self.certificate(of: server) == before)
        }
    }

    @Test("a renewed pair is shown after the reload, and not before")
    func reload() async throws {
        let pair = try await TestCertificate.make(name: "old")
        let identity = try Self.identity(pair.certificate, pair.key)
        try await RunningListener.run(routes: RouteRecorder().routes, identity: identity) { server in
            let old = try await Self.certificate(of: server)
            try await pair.renew(name: "new")
            #expect(try await Self.certificate(of: server) == old)
            try identity.prepareRenewal(from: .init(certificate: pair.certificate, key: pair.key))()
            let new = try await Self.certificate(of: server)
            #expect(new != old)
            #expect(!new.isEmpty)
        }
    }

    /// What a new connection is shown.
    private static func certificate(of server: RunningListener) async throws -> [UInt8] {
        let client = try await RawClient.connect(to: server.address, isEncrypted: true)
        try await client.send(Requests.handshake())
        let accepted = Requests.accepted.utf8.count
        _ = try await client.receive { $0.count >= accepted ? accepted : nil }
        let certificate = try await client.certificate()
        await client.close()
        return try #require(certificate)
    }
}
