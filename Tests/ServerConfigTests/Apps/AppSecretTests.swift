// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PushCore
import ServerConfig
import Testing

@Suite("The secret of an app")
struct AppSecretTests {
    private static let canary = "hunter2"

    @Test("may come from a file of its own, without the newline at its end")
    func fromFile() throws {
        try withFile("hunter2-hunter2-\n") { path in
            let file = try AppsFile(yaml: "- {id: 1, key: k, secretFile: '\(path)'}")
            #expect(file.apps.map(\.secret) == ["hunter2-hunter2-"])
            let lines = file.entries.map(\.description)
            #expect(lines.contains("apps.1.secretFile = <hidden> (data/apps.yaml:1)"))
            #expect(!lines.joined().contains(Self.canary))
        }
    }

    @Test(
        "that its file does not hold is a problem of that member",
        arguments: [
            ("", "names a file that is empty"), ("hunter2", "names a file that does not hold a secret of 16-256 bytes"),
            (String(repeating: "hunter2", count: 40), "names a file that does not hold a secret of 16-256 bytes"),
        ]
    )
    func wrongFile(_ text: String, _ expected: String) throws {
        try withFile(text) { path in
            let lines = AppsFile.problemLines("- id: 1\n  key: k\n  secretFile: '\(path)'")
            #expect(lines == ["3: secretFile: <hidden> \(expected)"])
        }
    }

    @Test("that is written where the name of its file should be is not shown")
    func missingFile() {
        let lines = AppsFile.problemLines("- {id: 1, key: k, secretFile: hunter2}")
        #expect(lines == ["1: secretFile: <hidden> names a file that cannot be read: No such file or directory"])
    }

    @Test("is given once")
    func twice() throws {
        try withFile("hunter2-hunter2-") { path in
            let lines = AppsFile.problemLines("- {\(requiredMembers), secretFile: '\(path)'}")
            #expect(lines == ["1: secretFile: <hidden> and secret are both set; one of them has to go"])
        }
    }

    @Test("has 16 to 256 bytes", arguments: [(15, false), (16, true), (256, true), (257, false)])
    func length(_ count: Int, _ isAccepted: Bool) {
        let secret = String(repeating: "s", count: count)
        #expect(AppsFile.problemLines("- {id: 1, key: k, secret: \(secret)}").isEmpty == isAccepted)
    }

    @Test(
        "is in no text, wherever it stands and whatever is wrong there",
        arguments: [
            "secret: hunter2", "secret: [hunter2-hunter2-]", "secret: {hunter2: hunter2}", "secrte: hunter2-hunter2-",
            "secretFile: [hunter2]", "secretFile: hunter2", "secret:hunter2-hunter2-", "secret: a: hunter2",
            "secret: 'hunter2", "secret: @hunter2", "secret: hunter2-hunter2-\n  secret: hunter2-hunter2-",
            "secret: !hunter2 x", "dialect: {a: hunter2-hunter2-}", "secrets: [hunter2]", "origins: {a: hunter2}",
        ]
    )
    func nowhere(_ member: String) {
        let lines = AppsFile.problemLines("- id: 1\n  key: k\n  \(member)")
        #expect(!lines.isEmpty)
        #expect(!lines.joined().contains(Self.canary))
    }
}
