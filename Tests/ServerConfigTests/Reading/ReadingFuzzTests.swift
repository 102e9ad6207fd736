// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PushCore
import ServerConfig
import Testing

/// Random files, variables and flags: nothing traps, and whatever is wrong is told in bounded lines.
///
/// The seed is printed; `PUSH_TEST_SEED` repeats a run.
@Suite("Fuzzing the configuration", .timeLimit(.minutes(5)))
struct ReadingFuzzTests {
    private static let fragments = [
        "udp", "port", "websocket", "allow", ":", ": ", "\n", "\n  ", "\n    ", "- ", "[", "]", "{", "}", ",", "? ",
        "&a ", "*a", "*", "<<: ", "!!int ", "!", "'", "\"", "|\n", ">\n", "# ", "---\n", "...\n", "%", "@", "`", "~",
        "null", "true", "0", "65536", "-1", "10s", "64KiB", "\\x41", "\\u0000", "\\uD800", "\t", "\r\n", "\u{0}",
        "\u{FEFF}", "\u{85}", "\u{2028}", "新", "\u{E000}", "é", "e\u{301}", "abc", " ", "  ",
    ]
    private static let sample = """
        udp: &u
          port: 9502
          allow: ["10.0.0.0/8=x", '::1=y']
        log: {level: info, "format": text}
        auth:
          recheck: 60s
          sources:
            - app
            - *s
        """

    private static let sampleApps = """
        apps:
          - &a
            id: 1001
            key: first
            secret: "0123456789abcdef"
            origins: [https://a.example, "https://*.b.example:8443"]
            maxEventBytes: 64KiB
          - {id: '2', key: second, secret: 0123456789abcdef, clientEvents: true}
        """

    private static func seed() -> UInt64 {
        ProcessInfo.processInfo.environment["PUSH_TEST_SEED"].flatMap(UInt64.init) ?? .random(in: 0 ... .max)
    }

    private static func check(_ reader: ConfigurationReader) throws {
        _ = reader.int("udp.port", default: 1, in: 0...65_535)
        _ = reader.secrets("udp.allow")
        _ = reader.oneOf("log.level", default: Level.info)
        _ = reader.string("log.format", default: "")
        _ = reader.duration("auth.recheck", default: .zero)
        _ = reader.strings("auth.sources", default: [])
        _ = reader.byteCount("size", default: 0)
        _ = reader.optionalDouble("ratio", in: 0...1)
        _ = reader.optionalBool("abc")
        let lines = reader.problemLines()
        try #require(lines.count <= ConfigurationError.maximumProblems + 1)
        try Self.check(lines + reader.entries.map(\.description))
    }

    private static func check(_ lines: [String]) throws {
        for line in lines {
            let isPlain = line.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
            try #require(isPlain && line.count < 2_000, "\(line.debugDescription)")
        }
    }

    @Test("files made of the words of YAML")
    func grammar() throws {
        var random = SplitMix64(seed: Self.seed(), purpose: "files made of the words of YAML")
        for _ in 0..<4_000 {
            let count = Int.random(in: 1...40, using: &random)
            let yaml = (0..<count).map { _ in Self.fragments[Int.random(in: 0..<Self.fragments.count, using: &random)] }
            try Self.check(ConfigurationReader(yaml: yaml.joined()))
        }
    }

    @Test("a good file with bytes changed, inserted, removed and repeated")
    func mutations() throws {
        var random = SplitMix64(seed: Self.seed(), purpose: "a good file with bytes changed")
        for _ in 0..<4_000 {
            let bytes = Self.mutated(Self.sample, using: &random)
            try Self.check(ConfigurationReader(file: ConfigurationFile(path: testPath, bytes: bytes)))
        }
    }

    @Test("a good file of apps with bytes changed, inserted, removed and repeated")
    func apps() throws {
        var random = SplitMix64(seed: Self.seed(), purpose: "a good file of apps with bytes changed")
        for _ in 0..<4_000 {
            let bytes = Self.mutated(Self.sampleApps, using: &random)
            switch Result(catching: { () throws(ConfigurationError) in try AppsFile(path: testPath, bytes: bytes) }) {
            case .success(let file):
                try Self.check(file.entries.map(\.description))
                try #require(Set(file.apps.map(\.id)).count == file.apps.count)
                try #require(file.apps.allSatisfy { !$0.id.isEmpty && !$0.key.isEmpty && $0.secret.utf8.count >= 16 })
            case .failure(let error):
                let lines = error.description.split(separator: "\n").map(String.init)
                try #require(1...ConfigurationError.maximumProblems + 1 ~= lines.count)
                try Self.check(lines)
            }
        }
    }

    private static func mutated(_ sample: String, using random: inout SplitMix64) -> [UInt8] {
        var bytes = Array(sample.utf8)
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let index = Int.random(in: 0..<max(1, bytes.count), using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0 where index < bytes.count: bytes[index] = .random(in: 0...255, using: &random)
            case 1: bytes.insert(.random(in: 0...255, using: &random), at: min(index, bytes.count))
            case 2: bytes.removeSubrange(index..<min(bytes.count, index + 5))
            default: bytes.append(contentsOf: bytes[index...].prefix(40))
            }
        }
        return bytes
    }

    @Test("variables and flags of random text")
    func text() throws {
        var random = SplitMix64(seed: Self.seed(), purpose: "variables and flags of random text")
        let keys = [
            "udp.port", "udp.allow", "log.level", "auth.recheck", "auth.sources", "size", "ratio", "abc", "odd",
        ]
        for _ in 0..<2_000 {
            var flags: [String: String] = [:]
            var environment: [String: String] = [:]
            for key in keys {
                let count = Int.random(in: 0...6, using: &random)
                let scalars = (0..<count).map { _ in
                    Unicode.Scalar(UInt32.random(in: 0...0x2FF, using: &random)) ?? " "
                }
                let part = Self.fragments[Int.random(in: 0..<Self.fragments.count, using: &random)]
                let value = String(String.UnicodeScalarView(scalars)) + part
                if Bool.random(using: &random) {
                    flags[Bool.random(using: &random) ? key : value] = value
                } else {
                    environment[EnvironmentName.of(key, prefix: "PUSH_") + (Bool.random(using: &random) ? "" : value)] =
                        value
                }
            }
            try Self.check(ConfigurationReader(flags: flags, environment: environment))
        }
    }
}

/// A generator that repeats from its seed.
private struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64, purpose: String) {
        print("fuzz seed \(seed): \(purpose)")
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
