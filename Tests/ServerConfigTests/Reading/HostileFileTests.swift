// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ServerConfig

/// Files no operator writes: each must be refused or read within bounds, and none may trap.
@Suite("A hostile configuration file", .timeLimit(.minutes(2)))
struct HostileFileTests {
    private static func nested(_ open: String, _ close: String, _ depth: Int) -> String {
        "a: " + String(repeating: open, count: depth) + String(repeating: close, count: depth)
    }

    private static func blocks(_ depth: Int) -> String {
        (0..<depth).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
    }

    @Test(
        "is refused where it nests too deeply, at every depth",
        arguments: [
            nested("[", "]", 16), nested("[", "]", 900), nested("[", "]", 100_000), nested("{a: ", "}", 900),
            nested("{", "}", 900), blocks(18), blocks(900), blocks(1_400),
            "a:\n  " + String(repeating: "- ", count: 900) + "x", "a:\n  " + String(repeating: "- ", count: 100_000) + "x",
            String(repeating: "? ", count: 900) + "x", String(repeating: "[", count: 500_000),
            "a: " + String(repeating: "[", count: 480) + "\n" + String(repeating: "[", count: 500)
                + String(repeating: "]", count: 980),
        ]
    )
    func depth(_ yaml: String) {
        #expect(ConfigurationReader(yaml: yaml).problemLines().count == 1)
    }

    @Test("may nest fifteen lists below a key")
    func allowedDepth() {
        #expect(ConfigurationFile(yaml: Self.nested("[", "]", 15)).problems.isEmpty)
    }

    @Test("is refused where its aliases multiply, before they do")
    func aliasBomb() {
        var lists = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        var sections = "a0: &a0 {p: 1, q: 2, r: 3, s: 4, t: 5}\n"
        for level in 1...12 {
            let aliases = (0..<10).map { _ in "*a\(level - 1)" }
            lists += "a\(level): &a\(level) [\(aliases.joined(separator: ", "))]\n"
            let members = aliases.enumerated().map { "k\($0): \($1)" }
            sections += "a\(level): &a\(level) {\(members.joined(separator: ", "))}\n"
        }
        let expected = "holds more than 100000 values, aliases expanded"
        #expect(ConfigurationReader(yaml: lists).problemLines() == ["\(testPath):5: \(expected)"])
        #expect(ConfigurationReader(yaml: sections).problemLines() == ["\(testPath):5: \(expected)"])
    }

    @Test("is refused where its aliases nest without multiplying")
    func aliasChain() {
        let chain = (1...20_000).map { "a\($0): &a\($0) [*a\($0 - 1)]" }
        let lines = ConfigurationReader(yaml: (["a0: &a0 x"] + chain).joined(separator: "\n")).problemLines()
        #expect(lines == ["\(testPath):17: sections and lists nest deeper than 16"])
    }

    @Test("is refused where an alias bomb stands as a key, which Yams would hash")
    func keyBomb() {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            yaml += "a\(level): &a\(level) [\((0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ", "))]\n"
        }
        #expect(ConfigurationReader(yaml: yaml + "? *a30\n: x\n").problemLines().count == 1)
        #expect(ConfigurationReader(yaml: yaml + "z: {? [*a30]}\n").problemLines().count == 1)
    }

    @Test("is refused where nested keys would be hashed over and over")
    func nestedKeys() {
        let inner = "[" + String(repeating: "x,", count: 400_000) + "x]"
        let yaml = "a: " + String(repeating: "{", count: 900) + "\n" + inner + String(repeating: "}", count: 900)
        let lines = ConfigurationReader(yaml: yaml).problemLines()
        #expect(lines == ["\(testPath): holds too many '{' and '?' for a file of its size"])
    }

    @Test("is read to its end where it is as large as allowed, and refused beyond")
    func size() {
        let comment = "# " + String(repeating: "x", count: ConfigurationFile.maximumSize - 8) + "\n"
        let full = comment + "a: 12"
        #expect(full.utf8.count == ConfigurationFile.maximumSize)
        #expect(ConfigurationFile(yaml: full)["a"]?.value.text == "12")
        #expect(ConfigurationReader(yaml: full + "3").problemLines() == ["\(testPath): is larger than 1MiB"])
    }

    @Test(
        "of the largest size ends in bounded time, whatever it repeats",
        arguments: ["a: \n", "- ", "[", "{", "?", ": ", "&a ", "*a ", "!", "'", "\"\\x41", "|\n", "#\n", "%TAG ! !\n", "\u{0}", "---\n", "a\n", "\t", "\r", ",", "<<: "]
    )
    func repetition(_ part: String) {
        let yaml = String(repeating: part, count: ConfigurationFile.maximumSize / part.utf8.count)
        _ = ConfigurationReader(yaml: yaml).problemLines()
        _ = ConfigurationReader(yaml: "a: " + yaml.dropLast(8)).problemLines()
    }

    @Test("with ten thousand unknown keys is told in fifty lines and a count")
    func manyUnknownKeys() {
        let lines = ConfigurationReader(yaml: (0..<10_000).map { "k\($0): 1" }.joined(separator: "\n")).problemLines()
        #expect(lines.count == 51)
        #expect(lines.last == "and 9950 more")
    }
}
