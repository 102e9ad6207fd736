// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PushProtocol
import PushTesting
import Testing

@Suite("JSON: random texts")
struct JSONScannerFuzzTests {
    @Test("every text that is written by the grammar is accepted, with every offset as it was written")
    func offsets() throws {
        let scanner = JSONScanner()
        var document: RandomDocument?
        try Fuzz.run("JSON offsets") { generator in
            let made = RandomDocument(using: &generator)
            document = made
            return made.bytes
        } check: { input, _ in
            let document = try #require(document)
            let (value, names) = try withText(input) { text in
                (try scanner.scan(text), scanner.members.map { JSONText.unescape(text[$0.key]) })
            }
            try #require(value.range == document.range)
            try #require(scanner.members.map(\.key) == document.keys)
            try #require(scanner.members.map(\.value.range) == document.memberValues)
            try #require(scanner.elements.map(\.range) == document.elements)
            try #require(names == document.names)
            try #require(
                scanner.members.map(\.keyIsEscaped) == document.keys.map { input[$0].contains(UInt8(ascii: "\\")) }
            )
        }
    }

    /// Where both must agree. They differ, by design, on these points alone:
    ///
    /// | text | here | Foundation |
    /// |---|---|---|
    /// | a repeated member | refused | the last one counts |
    /// | depth 65–512 | refused | accepted |
    /// | half of a surrogate pair, escaped | accepted, and no string | refused |
    /// | a number beyond `Double`, `1e309` | accepted, kept as text | refused |
    /// | a comma before `]` or `}` | refused | accepted |
    /// | a byte order mark, NUL (taken for UTF-16) | refused | accepted |
    @Test("agrees with Foundation on what is JSON, and on what it says")
    func oracle() throws {
        let scanner = JSONScanner()
        try Fuzz.run("JSON against Foundation") { generator in
            let document = RandomDocument([.repetitions, .halves], using: &generator).bytes
            return generator.once(in: 3) ? document : generator.mutated(document)
        } check: { input, _ in
            guard String(validating: input, as: UTF8.self) != nil else { return }
            let object = try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)
            try withText(input) { text in
                let value: JSONValue
                do throws(JSONError) {
                    value = try scanner.scan(text)
                } catch {
                    try #require(object == nil || Self.isLeniency(input, error), "only Foundation accepts it: \(error)")
                    return
                }
                guard let object else {
                    try #require(Self.holdsHalf(input) || Self.holdsHugeNumber(input), "only the scanner accepts it")
                    return
                }
                try Self.compare(value, scanner, text, object)
            }
        }
    }

    @Test("random bytes are refused or accepted, and that is all")
    func randomBytes() throws {
        let scanner = JSONScanner()
        let alphabet = Array(#"{}[]:,"\/ue019-+.tfnrals "#.utf8) + [0, 0x1F, 0x7F, 0x80, 0xC3, 0xFF]
        try Fuzz.run("JSON bytes") { generator in
            let count = generator.below(60)
            return generator.once(in: 4) ? generator.bytes(count) : (0..<count).map { _ in generator.pick(alphabet) }
        } check: { input, _ in
            try withText(input) { text in
                guard let value = try? scanner.scan(text) else { return }
                try #require(
                    value.range.lowerBound >= 0 && value.range.upperBound <= text.count && !value.range.isEmpty
                )
                for member in scanner.members {
                    _ = JSONText.string(member.value, in: text)
                    _ = JSONText.identifier(member.value, in: text)
                    _ = (member.name, member.nameText(in: text))
                }
            }
        }
    }

    // MARK: - Where the two differ

    private static func isLeniency(_ input: [UInt8], _ error: JSONError) -> Bool {
        if error.reason != .malformed || input.starts(with: [0xEF, 0xBB, 0xBF]) || input.contains(0) { return true }
        let strict = self.withoutTrailingCommas(input)
        guard strict != input else { return false }
        // Without those commas it must be accepted, or refused for one of the other reasons.
        return withText(strict) { text in
            do throws(JSONError) {
                _ = try JSONScanner().scan(text)
                return true
            } catch {
                return error.reason != .malformed
            }
        }
    }

    private static func withoutTrailingCommas(_ input: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var isInString = false
        var isEscaped = false
        for (index, byte) in input.enumerated() {
            if isInString {
                isInString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
            } else if byte == UInt8(ascii: ",") {
                let next = input[(index + 1)...].first { !" \t\r\n".utf8.contains($0) }
                if next == UInt8(ascii: "]") || next == UInt8(ascii: "}") { continue }
            }
            result.append(byte)
        }
        return result
    }

    private static func holdsHalf(_ input: [UInt8]) -> Bool {
        String(decoding: input, as: UTF8.self).lowercased().contains(#"\ud"#)
    }

    private static func holdsHugeNumber(_ input: [UInt8]) -> Bool {
        String(decoding: input, as: UTF8.self).split { !"+-.0123456789eE".contains($0) }
            .contains { Double($0).map { !$0.isFinite } ?? false }
    }

    private static func compare(
        _ value: JSONValue,
        _ scanner: JSONScanner,
        _ text: UnsafeRawBufferPointer,
        _ object: Any
    ) throws {
        switch value.kind {
        case .object:
            let dictionary = try #require(object as? [String: Any])
            var ours: [String: JSONValue] = [:]
            // Foundation's keys are equal where they are canonically equivalent; ours are not.
            for member in scanner.members { ours[member.nameText(in: text)] = member.value }
            try #require(Set(dictionary.keys) == Set(ours.keys))
            guard ours.count == scanner.members.count else { return }
            for (name, value) in ours { try self.compareScalar(value, text, try #require(dictionary[name])) }
        case .array:
            let array = try #require(object as? [Any])
            try #require(array.count == scanner.elements.count)
            for (element, object) in zip(scanner.elements, array) { try self.compareScalar(element, text, object) }
        default:
            try self.compareScalar(value, text, object)
        }
    }

    private static func compareScalar(_ value: JSONValue, _ text: UnsafeRawBufferPointer, _ object: Any) throws {
        switch value.kind {
        case .string:
            let string = try #require(JSONText.string(value, in: text))
            try #require((object as? String).map { Array($0.utf8) } == Array(string.utf8))
        case .number:
            let number = try #require(object as? NSNumber)
            if let integer = JSONText.integer(value, in: text) { try #require(number.int64Value == integer) }
        case .null: try #require(object is NSNull)
        case .bool: try #require(object as? Bool == (text[value.range.lowerBound] == UInt8(ascii: "t")))
        case .array: try #require(object is [Any])
        case .object: try #require(object is [String: Any])
        }
    }
}
