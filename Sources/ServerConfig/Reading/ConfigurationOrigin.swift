// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Where a value, or a problem with one, comes from.
package enum ConfigurationOrigin: Sendable, Hashable {
    /// Nothing set it: the default of the code.
    case `default`
    /// The configuration file, at a line counted from 1; no line when the whole file is meant.
    case file(path: String, line: Int?)
    /// An environment variable.
    case environment(name: String)
    /// A file that holds a secret, named by an environment variable.
    case secretFile(variable: String, path: String)
    /// A command-line flag, spelled with its dashes.
    case flag(name: String)
}

extension ConfigurationOrigin: CustomStringConvertible {
    /// One line: `config/push-server.yaml:12`, `environment PUSH_UDP_PORT`, `environment PUSH_REDIS_URL_FILE,
    /// /run/secrets/redis`, `flag --set udp.port` or `default`.
    package var description: String {
        switch self {
        case .default: "default"
        case .file(let path, nil): Self.shown(path)
        case .file(let path, let line?): "\(Self.shown(path)):\(line)"
        case .environment(let name): "environment \(Excerpt.escaped(name))"
        case .secretFile(let variable, let path): "environment \(Excerpt.escaped(variable)), \(Self.shown(path))"
        case .flag(let name): "flag \(Excerpt.escaped(name))"
        }
    }

    // Longer than a value may be: the end of a path is what tells two files apart.
    private static func shown(_ path: String) -> String {
        Excerpt.escaped(path, maximumLength: 1_024)
    }
}
