// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ServerConfig

/// Files no operator writes: each must be refused or read within bounds, and none may trap.
@Suite("A hostile configuration file", .timeLimit(.minutes(5)))
struct HostileFileTests {
    @Test(
        "is refused where it nests too deeply, at every depth",
        arguments: [
            Sample("16 lists", nested("[", "]", 16)),
            Sample("900 lists", nested("[", "]", 900)),
            Sample("100,000 lists", nested("[", "]", 100_000)),
            Sample("500,000 open lists", repeated("[", 500_000)),
            Sample(
                "lists the scanner closes ahead",
                "a: " + repeated("[", 480) + "\n " + repeated("[", 500) + repeated("]", 980)
            ),
            Sample("900 sections", nested("{a: ", "}", 900)),
            Sample("900 sections as keys", nested("{", "}", 900)),
            Sample("18 indented sections", indented(18)),
            Sample("900 indented sections", indented(900)),
            Sample("1,400 indented sections", indented(1_400)),
            Sample("900 lists of lists", "a:\n  " + repeated("- ", 900) + "x"),
            Sample("100,000 lists of lists", "a:\n  " + repeated("- ", 100_000) + "x"),
            Sample("900 keys of keys", repeated("? ", 900) + "x"),
        ]
    )
    func depth(_ sample: Sample) {
        #expect(ConfigurationReader(yaml: sample.yaml).problemLines().count == 1)
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
        #expect(ConfigurationReader(yaml: sections).problemLines() == ["\(testPath):6: \(expected)"])
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
        arguments: [
            "a: \n", "- ", "[", "{", "?", ": ", "&a ", "*a ", "!", "'", "\"\\x41", "|\n", "#\n", "%TAG ! !\n", "\u{0}",
            "---\n", "a\n", "\t", "\r", ",", "<<: ",
        ]
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

    private static func repeated(_ part: String, _ count: Int) -> String {
        String(repeating: part, count: count)
    }

    private static func nested(_ open: String, _ close: String, _ depth: Int) -> String {
        "a: " + repeated(open, depth) + repeated(close, depth)
    }

    private static func indented(_ depth: Int) -> String {
        (0..<depth).map { repeated(" ", $0) + "a:" }.joined(separator: "\n")
    }

    /// A file under a name, as a test log should not hold the file itself.
    struct Sample: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let yaml: String

        init(_ name: String, _ yaml: String) {
            (testDescription, self.yaml) = (name, yaml)
        }
    }
}
