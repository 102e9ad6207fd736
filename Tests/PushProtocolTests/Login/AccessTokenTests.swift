// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import PushTesting
import Testing

@Suite("Access token")
struct AccessTokenTests {
    static let sources = ["app", "pc", "weixin"]

    private func readings(_ encoded: String, _ order: AccessToken.Order = .tokenFirst) -> [AccessToken] {
        AccessToken.readings(of: encoded, order: order, sources: Self.sources)
    }

    static let spellings = [
        // The seed's sample, its stray space, its padding in every spelling.
        "MTIzNDU2LjEyMzQ1Ni5hcHA", " MTIzNDU2LjEyMzQ1Ni5hcHA", "MTIzNDU2LjEyMzQ1Ni5hcHA,", "MTIzNDU2LjEyMzQ1Ni5hcHA=",
        "MTIzNDU2LjEyMzQ1Ni5hcHA%3D", "MTIzNDU2LjEyMzQ1Ni5hcHA%3d", "MTIzNDU2LjEyMzQ1Ni5hcHA%2C",
        "%20MTIzNDU2LjEyMzQ1Ni5hcHA",
        "MTIzNDU2LjEyMzQ1Ni5hcHA\n", "\t MTIzNDU2LjEyMzQ1Ni5hcHA= \r\n", "MTIzNDU2LjEyMzQ1Ni5hcHA%0A",
        "\u{3000}MTIzNDU2LjEyMzQ1Ni5hcHA\u{A0}",
        "%4DTIzNDU2LjEyMzQ1Ni5hcHA",
    ]

    @Test("the seed's sample, in every spelling that is accepted", arguments: spellings)
    func sample(encoded: String) {
        #expect(self.readings(encoded) == [AccessToken(token: "123456", uid: "123456", source: "app")])
        #expect(self.readings(encoded, .uidFirst) == [AccessToken(token: "123456", uid: "123456", source: "app")])
        // Both orders read the same: one reading.
        #expect(self.readings(encoded, .auto) == [AccessToken(token: "123456", uid: "123456", source: "app")])
    }

    static let alphabets = [
        "Pz8/Pj4+LjEuYXBw", "Pz8_Pj4-LjEuYXBw", "Pz8/Pj4-LjEuYXBw", "Pz8_Pj4+LjEuYXBw", "Pz8%2FPj4%2BLjEuYXBw",
        "Pz8%2fPj4%2bLjEuYXBw",
        // A plus that a form decoder turned into a space.
        "Pz8/Pj4 LjEuYXBw", " Pz8_Pj4 LjEuYXBw ",
    ]

    @Test("both alphabets, percent-encoded, and with the plus lost to a form", arguments: alphabets)
    func readsAlphabets(encoded: String) {
        #expect(self.readings(encoded) == [AccessToken(token: "???>>>", uid: "1", source: "app")])
    }

    static let orders: [(String, AccessToken.Order, [[String]])] = [
        ("abc.123.app", .tokenFirst, [["abc", "123"]]), ("abc.123.app", .uidFirst, [["123", "abc"]]),
        ("abc.123.app", .auto, [["abc", "123"], ["123", "abc"]]),
        // A token with dots: the fields at the ends are fixed.
        ("a.b.c.9.app", .tokenFirst, [["a.b.c", "9"]]), ("a.b.c.9.app", .uidFirst, [["b.c.9", "a"]]),
        ("a.b.c.9.app", .auto, [["a.b.c", "9"], ["b.c.9", "a"]]), ("..9.app", .tokenFirst, [[".", "9"]]),
        ("9...app", .uidFirst, [[".", "9"]]),
        ("a.\u{301}b.9.app", .tokenFirst, [["a.\u{301}b", "9"]]), ("9.\u{301}b.app", .uidFirst, [["\u{301}b", "9"]]),
        // Only one order gives a user id.
        ("t!.9.app", .auto, [["t!", "9"]]), ("9.t!.app", .auto, [["t!", "9"]]), ("9.t!.app", .tokenFirst, []),
        ("t!.9.app", .uidFirst, []),
        ("t!.u!.app", .auto, []), ("é.9.pc", .auto, [["é", "9"]]), ("a b.9.weixin", .auto, [["a b", "9"]]),
    ]

    @Test("reads the orders that the configuration allows, the likelier first", arguments: orders)
    func readsOrders(fields: String, order: AccessToken.Order, expected: [[String]]) {
        let readings = self.readings(Base64.encode(fields.utf8), order)
        #expect(readings.map { [$0.token, $0.uid] } == expected)
    }

    static let bad: [String] = [
        "", " ", "=", ",", "====", "A", "AAAA", "!!!!", "MTIzNDU2", "MTIzNDU2LjEyMzQ1Ni5hcHA===",
        "MTIz=NDU2LjEyMzQ1Ni5hcHA",
        "MTIzNDU2LjEyMzQ1\nNi5hcHA", "MTIzNDU2LjEyMzQ1Ni5hcHA%", "MTIzNDU2LjEyMzQ1Ni5hcHA%FF",
        "MTIzNDU2.LjEyMzQ1Ni5hcHA",
        "Ｍ", "123456.123456.app", "{\"a\":1}",
    ]

    @Test("refuses what is no base64 of three fields", arguments: bad)
    func refuses(encoded: String) {
        for order in AccessToken.Order.allCases { #expect(self.readings(encoded, order).isEmpty) }
    }

    static let badFields: [String] = [
        "", "app", "1.app", ".app", "a.1.", "a.1.web", "a.1.APP", "a.1.app ", "a.1.app\u{0}", ".1.app", "a..app",
        "...app", "a.1.ap", "a.1.ﬁ",
        "a.é.app", "a. .app", "a.1\n.app", "a.\(String(repeating: "1", count: 65)).app", "a.1\u{0}.app", "a.1/.app",
    ]

    @Test("refuses fields that are missing, empty or not allowed", arguments: badFields)
    func refusesFields(fields: String) {
        #expect(self.readings(Base64.encode(fields.utf8)).isEmpty)
    }

    @Test("refuses fields that are no UTF-8")
    func notText() {
        #expect(self.readings(Base64.encode([0xFF] + Array(".1.app".utf8))).isEmpty)
        #expect(self.readings(Base64.encode(Array("a\u{0}b.1.app".utf8))).count == 1)
    }

    @Test("a uid has 64 characters at most, an encoded token 2,048 bytes")
    func limits() {
        let uid = String(repeating: "u", count: 64)
        #expect(self.readings(Base64.encode("t.\(uid).app".utf8)).first?.uid == uid)
        // 1,536 bytes are 2,048 digits.
        let longest = Base64.encode((String(repeating: "t", count: 1_530) + ".1.app").utf8)
        #expect(longest.utf8.count == 2_048)
        #expect(self.readings(longest).count == 1)
        #expect(self.readings(longest + " ").isEmpty)
        #expect(self.readings(Base64.encode((String(repeating: "t", count: 1_531) + ".1.app").utf8)).isEmpty)
    }

    @Test("only the sources that exist")
    func knownSources() {
        let encoded = Base64.encode("t.1.pad".utf8)
        #expect(AccessToken.readings(of: encoded, order: .auto, sources: ["app"]).isEmpty)
        #expect(AccessToken.readings(of: encoded, order: .auto, sources: []).isEmpty)
        #expect(
            AccessToken.readings(of: encoded, order: .tokenFirst, sources: ["app", "pad"]).map(\.source) == ["pad"]
        )
    }

    @Test("is written with the seed's replacements")
    func encoded() {
        #expect(
            AccessToken(token: "123456", uid: "123456", source: "app").encoded(order: .tokenFirst)
                == "MTIzNDU2LjEyMzQ1Ni5hcHA,"
        )
        #expect(AccessToken(token: "???>>>", uid: "1", source: "app").encoded(order: .auto) == "Pz8_Pj4-LjEuYXBw")
        #expect(
            AccessToken(token: "a", uid: "9", source: "pc").encoded(order: .uidFirst)
                == Base64.encode("9.a.pc".utf8).replacing("=", with: ",")
        )
    }

    @Test("what is written is read again, whatever happened to it on the way")
    func roundTrip() throws {
        let uidCharacters = Array("ABZabz019_-@:")
        try Fuzz.run("access token") { generator in
            let characters = (0..<1 + generator.below(30)).map { _ in
                generator.once(in: 6) ? "." : generator.character()
            }
            return Array(String(characters).utf8)
        } check: { input, generator in
            let uid = String((0..<1 + generator.below(64)).map { _ in generator.pick(uidCharacters) })
            let token = AccessToken(
                token: String(decoding: input, as: UTF8.self),
                uid: uid,
                source: generator.pick(Self.sources)
            )
            let order = generator.pick(AccessToken.Order.allCases)
            let sent = Self.spelled(token.encoded(order: order), &generator)
            let readings = self.readings(sent, order)
            try #require(
                readings.contains { $0.uid == uid && $0.source == token.source && Array($0.token.utf8) == input }
            )
            try #require(readings.count <= (order == .auto ? 2 : 1))
        }
    }

    /// One of the spellings that an encoded token may arrive in.
    private static func spelled(_ encoded: String, _ generator: inout SeededGenerator) -> String {
        var text = encoded
        if generator.once(in: 3) {
            text = text.replacing("-", with: "+").replacing("_", with: "/").replacing(",", with: "=")
        }
        if generator.once(in: 3) { text = String(text.prefix { $0 != "," && $0 != "=" }) }
        if generator.once(in: 3) {
            text = text.map { character in
                generator.once(in: 4) ? "%" + String(character.asciiValue ?? 0, radix: 16) : String(character)
            }.joined()
        }
        if generator.once(in: 3) {
            text = generator.pick([" ", "\n", "\t "]) + text + generator.pick(["", "\r\n", " "])
        }
        return text
    }

    @Test("random and damaged tokens give nothing that breaks the rules")
    func damaged() throws {
        try Fuzz.run("access token damage") { generator in
            if generator.once(in: 3) { return generator.bytes(generator.below(40)) }
            let fields = generator.mutated(Array("to.ken.123456.app".utf8))
            return generator.once(in: 2)
                ? Array(Base64.encode(fields).utf8) : generator.mutated(Array(Base64.encode(fields).utf8))
        } check: { input, generator in
            let order = generator.pick(AccessToken.Order.allCases)
            let readings = self.readings(String(decoding: input, as: UTF8.self), order)
            try #require(readings.count <= 2)
            try #require(
                readings.allSatisfy { !$0.token.isEmpty && UserID.isValid($0.uid) && Self.sources.contains($0.source) }
            )
        }
    }
}
