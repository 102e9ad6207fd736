// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// PHP itself, which has to understand what is written for PHP.
enum PHP {
    static let isInstalled: Bool = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/php") }
    }()

    /// Evaluates an expression in which `$v` is a value.
    ///
    /// - Returns: the result as PHP's own `json_encode` writes it.
    static func evaluate(_ expression: String, value: [UInt8]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "php", "-r", "$v = base64_decode($argv[1]); echo json_encode(\(expression), JSON_UNESCAPED_SLASHES);", "--",
            Data(value).base64EncodedString(),
        ]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }
}
