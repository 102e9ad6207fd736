// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Reads a configuration from flags over environment over one YAML file, strictly.
///
/// Every read names a key such as `udp.port`, a type and a default, and always returns: what is wrong is collected, and
/// `finish()` throws all of it at once. It also refuses every key of the file, variable of the environment and flag
/// that was not read, so that a misspelt key is never a silent default.
///
/// A value is absent in a layer, and the next layer is asked, where the file says `null`, `~` or nothing after the
/// colon, and where an environment variable is empty. A quoted `""` and an empty flag are values: the empty text. A
/// secret may also come from a file that a variable with `_FILE` behind its name names: that belongs to the environment,
/// and both at once are a problem.
///
/// Used once, on one thread, at start or reload.
package final class ConfigurationReader {
    /// Every key read so far, in order: what `check-config` prints.
    package internal(set) var entries: [ConfigurationEntry] = []

    let flags: [String: String]
    let environment: [String: String]
    let environmentPrefix: String
    let ignoredEnvironment: [String]
    let file: ConfigurationFile

    private var problems: [ConfigurationProblem]
    private var reported: Set<ConfigurationProblem> = []
    private var environmentKeys: [String: String] = [:]

    /// A reader over the three layers.
    ///
    /// - Parameters:
    ///   - flags: values by key, not by the spelling of the flag.
    ///   - environment: all of it; only names with the prefix are looked at.
    ///   - environmentPrefix: what the names of all keys begin with.
    ///   - ignoredEnvironment: names with the prefix that are not configuration; a `*` at the end stands for any rest.
    package init(
        flags: [String: String] = [:],
        environment: [String: String] = [:],
        file: ConfigurationFile = .none,
        environmentPrefix: String = "PUSH_",
        ignoredEnvironment: [String] = []
    ) {
        self.flags = flags
        self.environment = environment
        self.file = file
        self.environmentPrefix = environmentPrefix
        self.ignoredEnvironment = ignoredEnvironment
        self.problems = file.problems
    }

    /// The keys read so far, in order.
    package var keysRead: [String] {
        entries.map(\.key)
    }

    /// Refuses a value that was read: because of another key, or because it cannot be used here.
    ///
    /// - Parameter reason: completes the value: `needs mariadb.url`, `cannot be bound`. Holds no secret.
    package func refuse(_ key: String, because reason: String) {
        if let entry = entries.first(where: { $0.key == key }) {
            report(entry.refused(because: reason))
        } else {
            report(.invalidValue, .default, key, reason)
        }
    }

    /// Ends the reading.
    ///
    /// - Throws: everything that is wrong, with what nobody read.
    package func finish() throws(ConfigurationError) {
        let found = finalProblems()
        if !found.isEmpty {
            throw ConfigurationError(found)
        }
    }

    /// Ends the reading of a part: everything that is wrong with it, with what nobody read.
    func finalProblems() -> [ConfigurationProblem] {
        reportUnread()
        // Where the file could not be used at all, that a default does not fit is no news.
        return file.isUnusable ? problems.filter { $0.origin != .default } : problems
    }

    func environmentName(of key: String) -> String {
        EnvironmentName.of(key, prefix: environmentPrefix)
    }

    /// Remembers a key as read; the first read of a key counts.
    func note(_ entry: ConfigurationEntry) {
        let owner = environmentKeys.updateValue(entry.key, forKey: entry.environmentName)
        guard owner != entry.key else { return }
        entries.append(entry)
        if let owner {
            let message = "shares the name \(entry.environmentName) with \(owner)"
            report(.ambiguousName, entry.origin, entry.key, message)
        }
    }

    func report(_ code: ConfigurationProblem.Code, _ origin: ConfigurationOrigin, _ key: String?, _ message: String) {
        report(ConfigurationProblem(code: code, origin: origin, key: key, message: message))
    }

    private func report(_ problem: ConfigurationProblem) {
        if reported.insert(problem).inserted {
            problems.append(problem)
        }
    }

    /// Whether an error would not list another problem: its text need not be good.
    var isFull: Bool {
        problems.count >= ConfigurationError.maximumProblems
    }
}

@available(*, unavailable)
extension ConfigurationReader: Sendable {}
