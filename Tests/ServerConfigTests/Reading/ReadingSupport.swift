// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import ServerConfig

/// How every test names its file.
let testPath = "config/push-server.yaml"

extension ConfigurationFile {
    init(yaml: String) {
        self.init(path: testPath, bytes: Array(yaml.utf8))
    }
}

extension ConfigurationReader {
    /// A reader over a file given as text.
    convenience init(
        yaml: String,
        flags: [String: String] = [:],
        environment: [String: String] = [:],
        ignoredEnvironment: [String] = []
    ) {
        self.init(
            flags: flags,
            environment: environment,
            file: ConfigurationFile(yaml: yaml),
            ignoredEnvironment: ignoredEnvironment
        )
    }

    /// What `finish` lists, a line each; empty when it does not throw.
    func problemLines() -> [String] {
        do {
            try finish()
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }
}

enum Level: String, CaseIterable {
    case debug, info, warning
}
