// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import Testing

struct LoginVerifierTests {
    private static let now: Int64 = 1_600_000_000_000
    private static let login = AccessToken(token: "secret", uid: "a", source: "app")

    private static func record(_ token: String, uid: String? = nil, expires: Int64? = nil) -> LoginRecord {
        LoginRecord(grants: ["app": .init(token: token, uid: uid, expires: expires)])
    }

    @Test(
        "A grant with this very token, for this user, that has not expired, lets in",
        arguments: [
            record("secret"), record("secret", uid: "a"), record("secret", expires: now + 1),
            record("secret", uid: "a", expires: .max),
        ])
    func accepts(record: LoginRecord) {
        #expect(LoginVerifier.accepts(Self.login, by: record, milliseconds: Self.now))
    }

    @Test(
        "Anything else does not",
        arguments: [
            nil, LoginRecord(grants: [:]), LoginRecord(grants: ["pc": .init(token: "secret")]),
            record("secre"), record("secrets"), record(""), record("Secret"),
            record("secret", uid: "b"), record("secret", uid: ""), record("secret", uid: "A"),
            record("secret", expires: now), record("secret", expires: now - 1), record("secret", expires: 0),
            record("secret", expires: .min), record("secret", uid: "b", expires: now + 1),
        ])
    func refuses(record: LoginRecord?) {
        #expect(!LoginVerifier.accepts(Self.login, by: record, milliseconds: Self.now))
    }
}
