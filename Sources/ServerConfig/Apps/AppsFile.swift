// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushCore

/// The apps of a file, read and checked: a list of sections, alone or under `apps`. `config/apps.yaml` shows every
/// member.
package struct AppsFile: Sendable {
    /// No two with the same id or key.
    package let apps: [AppConfiguration]
    /// Every member of every app as `apps.ID.member`, for `check-config`.
    package let entries: [ConfigurationEntry]

    /// Reads a file, and those that its `secretFile` members name. Blocks: for start and reload, not for an event loop.
    ///
    /// - Throws: everything that is wrong, at once.
    package init(reading path: String) throws(ConfigurationError) {
        try self.init(.read(path, key: "apps"))
    }

    /// Parses a file that was read already.
    ///
    /// - Parameter path: how errors name the file.
    package init(path: String, bytes: [UInt8]) throws(ConfigurationError) {
        try self.init(ConfigurationList(path: path, bytes: bytes, key: "apps"))
    }

    /// The app that another system answers with: one section, of JSON, which names no files.
    ///
    /// - Parameter name: how errors name the system.
    package static func app(answer bytes: [UInt8], of name: String) throws(ConfigurationError) -> AppConfiguration? {
        let list = ConfigurationList(path: name, bytes: [UInt8(ascii: "[")] + bytes + [UInt8(ascii: "]")], key: "apps")
        return try AppsFile(list, namesFiles: false).apps.first
    }

    private init(_ list: ConfigurationList, namesFiles: Bool = true) throws(ConfigurationError) {
        var apps: [AppConfiguration] = []
        var entries: [ConfigurationEntry] = []
        var problems = list.problems
        var owners: [String: Int] = [:]
        for section in list.sections {
            let reader = ConfigurationReader(file: section)
            let app = AppConfiguration(reader, namesFiles: namesFiles)
            for entry in reader.entries where ["id", "key"].contains(entry.key) && entry.origin != .default {
                let line = owners.updateValue(section.line ?? 1, forKey: "\(entry.key) \(entry.value)")
                if let line { reader.refuse(entry.key, because: "is that of the app of line \(line) too") }
            }
            problems += reader.finalProblems()
            entries += reader.entries.map { $0.under("apps.\(app.id)") }
            apps.append(app)
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        self.apps = apps
        self.entries = entries
    }
}
