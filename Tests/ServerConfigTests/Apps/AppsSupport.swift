// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PushCore
import ServerConfig
import Testing

/// How every test names its file of apps.
let appsPath = "data/apps.yaml"

/// The members that an app must have.
let requiredMembers = "id: 1001, key: some-key, secret: 0123456789abcdef"

extension AppsFile {
    /// A file given as text.
    init(yaml: String) throws(ConfigurationError) {
        try self.init(path: appsPath, bytes: Array(yaml.utf8))
    }

    /// What is wrong with a file, a line each and without its name; empty where it is read.
    static func problemLines(_ yaml: String) -> [String] {
        do {
            _ = try AppsFile(yaml: yaml)
            return []
        } catch {
            return error.description.split(separator: "\n").map { line in
                line.hasPrefix(appsPath + ":") ? String(line.dropFirst(appsPath.utf8.count + 1)) : String(line)
            }
        }
    }

    /// What one member more than the required ones makes of an app.
    static func app(with member: String) throws -> AppConfiguration {
        let apps = try AppsFile(yaml: "- {\(requiredMembers), \(member)}").apps
        return try #require(apps.first)
    }
}

/// Runs a test with a file on disk that holds these bytes.
func withFile<Result>(_ text: String, _ body: (_ path: String) throws -> Result) throws -> Result {
    let path = FileManager.default.temporaryDirectory.appending(path: "apps-\(UUID())").path
    try Data(text.utf8).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
}
