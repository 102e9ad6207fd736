// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PushCore
import ServerConfig
import Testing

@Suite("The example of a file of apps")
struct ExampleAppsTests {
    private static let directory = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func text() throws -> String {
        try String(contentsOf: self.directory.appending(path: "config/apps.yaml"), encoding: .utf8)
    }

    @Test("is not usable before it has a secret of one's own")
    func withoutSecret() throws {
        let lines = AppsFile.problemLines(try Self.text())
        #expect(lines.count == 1 && lines[0].contains("secret: is missing"))
    }

    @Test("shows every member, and its default")
    func members() throws {
        let secret = "0123456789abcdef"
        let text = try Self.text().replacing("  secret: ", with: "  secret: \(secret) ")
        let file = try AppsFile(yaml: text)
        let app = try #require(file.apps.first)
        #expect(file.apps == [AppConfiguration(id: app.id, key: app.key, secret: secret)])
        for member in file.entries.compactMap({ $0.key.split(separator: ".").last }) {
            #expect(text.contains("  \(member): ") || text.contains("- \(member): "), "\(member)")
        }
    }

    @Test("has its members in the page on the configuration")
    func documented() throws {
        let page = try String(
            contentsOf: Self.directory.appending(path: "docs/configuration.md"), encoding: .utf8)
        let file = try AppsFile(yaml: "- {\(requiredMembers)}")
        for entry in file.entries {
            let member = try #require(entry.key.split(separator: ".").last)
            let shown = ["id", "key", "secret"].contains(member) ? "required" : "`\(entry.defaultValue)`"
            let row = member == "secretFile" ? "| `secretFile` | |" : "| `\(member)` | \(shown) |"
            #expect(page.contains(row), "\(row)")
        }
    }
}
