// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ServerConfig
import Testing

@Suite("A configuration file on disk")
struct FileOnDiskTests {
    private static func temporaryPath() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("push-config-\(UUID().uuidString).yaml").path
    }

    @Test("is read, and named as the operator wrote it")
    func reads() throws {
        let path = Self.temporaryPath()
        try Data("udp:\n  port: x".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let reader = ConfigurationReader(file: .read(path, absence: .problem))
        _ = reader.int("udp.port", default: 1, in: 0...10)
        #expect(reader.problemLines() == ["\(path):2: udp.port: 'x' is not an integer between 0 and 10"])
    }

    @Test("that is missing is a problem where it was named, and none where it was only looked for")
    func missing() throws {
        let path = Self.temporaryPath()
        let named = ConfigurationReader(file: .read(path, absence: .problem))
        #expect(named.problemLines() == ["\(path): cannot be read: No such file or directory"])
        let lookedFor = ConfigurationReader(file: .read(path, absence: .accepted))
        #expect(lookedFor.problemLines().isEmpty)
    }

    @Test(
        "that is a directory is a problem, even where none was named",
        arguments: [ConfigurationFile.Absence.problem, .accepted]
    )
    func directory(_ absence: ConfigurationFile.Absence) {
        let path = FileManager.default.temporaryDirectory.path
        let lines = ConfigurationReader(file: .read(path, absence: absence)).problemLines()
        #expect(lines == ["\(path): cannot be read: Is a directory"])
    }

    @Test("without an end is refused after the largest size")
    func endless() {
        let lines = ConfigurationReader(file: .read("/dev/zero", absence: .problem)).problemLines()
        #expect(lines == ["/dev/zero: is larger than 1MiB"])
    }

    @Test("of no bytes is an empty configuration")
    func empty() {
        #expect(ConfigurationReader(file: .read("/dev/null", absence: .problem)).problemLines().isEmpty)
    }

    @Test("is named in full, however long its path")
    func longPath() {
        let path = "/" + String(repeating: "directory/", count: 40) + "push-server.yaml"
        let lines = ConfigurationReader(file: .read(path, absence: .problem)).problemLines()
        #expect(lines == ["\(path): cannot be read: No such file or directory"])
    }
}
