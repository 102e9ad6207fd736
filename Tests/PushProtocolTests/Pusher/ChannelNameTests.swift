// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("Channels: names of channels")
struct ChannelNameTests {
    static let kinds: [(String, ChannelName.Kind, isCache: Bool)] = [
        ("news", .public, false), ("a", .public, false), ("A-z_0=@,.;9", .public, false), ("private", .public, false),
        ("Private-a", .public, false), ("presence", .public, false), ("xprivate-a", .public, false),
        ("cache-a", .public, true), ("cache", .public, false), ("cache-", .public, true),
        ("private-a", .private, false), ("private-", .private, false), ("private-cache-a", .private, true),
        ("private-cache", .private, false), ("private-a-cache-b", .private, false),
        ("private-presence-a", .private, false), ("private-encrypted", .private, false),
        ("private-encrypted-a", .encrypted, false), ("private-encrypted-cache-a", .encrypted, true),
        ("private-cache-encrypted-a", .private, true), ("presence-a", .presence, false),
        ("presence-cache-a", .presence, true), ("presence-encrypted-a", .presence, false),
        ("#server-to-user-7", .serverToUser, false), ("#server-to-user-cache-a", .serverToUser, false),
    ]

    @Test("the first letters say what kind of channel it is", arguments: kinds)
    func kind(text: String, kind: ChannelName.Kind, isCache: Bool) throws {
        let name = try #require(ChannelName(text))
        #expect(name.text == text)
        #expect(name.kind == kind)
        #expect(name.isCache == isCache)
        #expect(name.needsSignature == [.private, .encrypted, .presence].contains(kind))
        #expect((name.user != nil) == (kind == .serverToUser))
    }

    static let refused = [
        "", " ", "a b", "a\n", "a\u{0}", "a/b", "a:b", "a#b", "#a", "#", "#server-to-user", "#server-to-user-",
        "##server-to-user-a", "x#server-to-user-a", "#server-to-user-a b", "#server-to-user-#server-to-user-a",
        "#server-to-user-é", "#Server-to-user-a", "é", "e\u{301}", "private-é", "\u{212A}", "１", "private-\u{301}a",
        "#server-to-user-\u{301}a", "a\u{37E}", "a*", "a?", "a%20b", "a+b", "a\"b", "a\\b",
    ]

    @Test("anything else is no name", arguments: refused)
    func refuses(text: String) {
        #expect(ChannelName(text) == nil)
    }

    @Test("letters, digits and _-=@,.; are allowed, and no other byte of ASCII", arguments: UInt8(0)..<0x80)
    func ascii(byte: UInt8) {
        let scalar = UnicodeScalar(byte)
        let isAllowed = scalar.properties.isAlphabetic || 0x30..<0x3A ~= byte || "_-=@,.;".utf8.contains(byte)
        for head in ["", "private-", "presence-", "#server-to-user-"] {
            #expect((ChannelName(head + "a" + String(scalar)) != nil) == isAllowed)
        }
    }

    @Test("a name has at most 200 bytes, and so has the id of a user")
    func length() {
        let longest = String(repeating: "a", count: 200)
        #expect(ChannelName(longest) != nil)
        #expect(ChannelName(longest + "a") == nil)
        #expect(ChannelName("private-" + longest.dropFirst(8)) != nil)
        #expect(ChannelName("private-" + longest.dropFirst(7)) == nil)
        #expect(ChannelName.serverToUser(longest)?.text == "#server-to-user-" + longest)
        #expect(ChannelName.serverToUser(longest + "a") == nil)
    }

    @Test("the channel of a user says whose it is")
    func user() {
        #expect(ChannelName.serverToUser("a@b.c")?.user == "a@b.c")
        #expect(ChannelName.serverToUser("") == nil)
        #expect(ChannelName.serverToUser("a b") == nil)
        #expect(ChannelName.serverToUser("a") == ChannelName("#server-to-user-a"))
    }

    // MARK: - Free names

    static let older: [Dialect] = [.webmanPush, .workbunny2, .workbunny3]

    static let freeNames: [(String, ChannelName.Kind, isCache: Bool)] = [
        ("a b", .public, false), ("a:b/c", .public, false), ("房间 1", .public, false), ("private-é/ü", .private, false),
        ("private-\u{301}a", .private, false), ("presence-a:b:c", .presence, false), ("a*?[x]%2F\"\\", .public, false),
        ("private-encrypted-ü", .encrypted, false), ("cache-ü", .public, true), ("private-cache-ü", .private, true),
        ("cache-\u{301}", .public, true), ("a#b", .public, false), ("}", .public, false),
    ]

    @Test("are almost any text where an app's clients are of an older server", arguments: freeNames, older)
    func free(_ name: (text: String, kind: ChannelName.Kind, isCache: Bool), dialect: Dialect) throws {
        #expect(ChannelName(name.text) == nil)
        #expect(ChannelName(name.text, dialect: .pusher) == nil)
        let channel = try #require(ChannelName(name.text, dialect: dialect))
        #expect(channel.text == name.text)
        #expect(channel.kind == name.kind)
        #expect(channel.isCache == name.isCache)
    }

    @Test(
        "are never empty, too long, unprintable, or such that a signature could be for another one too",
        arguments: [
            "", "a\n", "\u{0}", "a\u{7F}", "a\u{85}", "\u{2028}", "a\u{2029}", "private-a:{\"user_id\":\"1\"}", "{",
            "#a",
            "#server-to-user-", "#server-to-user-é", "##server-to-user-a", String(repeating: "é", count: 101),
        ])
    func refusedEverywhere(text: String) {
        for dialect in Dialect.allCases { #expect(ChannelName(text, dialect: dialect) == nil) }
    }

    @Test("stand in topics as text that nothing can be mistaken for, and are read from there")
    func keys() throws {
        let names = Self.freeNames.map(\.0) + Self.kinds.map(\.0) + ["a/b", "a%2Fb", "a%252Fb", "e\u{301}", "\u{E9}"]
        let channels = try names.map { try #require(ChannelName($0, dialect: .workbunny2)) }
        #expect(Set(channels.map(\.key)).count == Set(names.map { Array($0.utf8) }).count)
        for channel in channels {
            #expect(channel.key.utf8.allSatisfy { $0 < 0x7F && $0 > 0x20 && !"/:{}*?[]\"\\".utf8.contains($0) })
            let read = try #require(ChannelName(key: channel.key))
            #expect(read == channel && read.text.utf8.elementsEqual(channel.text.utf8))
        }
        #expect(ChannelName("news")?.key == "news")
        #expect(ChannelName(key: "a%2fb") == nil)
        #expect(ChannelName(key: "%61") == nil)
    }

    @Test("are different where their bytes are")
    func canonicalEquivalence() throws {
        let composed = try #require(ChannelName("private-\u{E9}", dialect: .webmanPush))
        let decomposed = try #require(ChannelName("private-e\u{301}", dialect: .webmanPush))
        #expect(composed != decomposed)
        // The sign of the kelvin is a K to Unicode.
        let (plain, kelvin) = ("private-K", "private-\u{212A}")
        #expect(plain == kelvin)
        let known = try #require(ChannelName(plain, dialect: .webmanPush))
        let other = try #require(ChannelName(kelvin, dialect: .webmanPush))
        #expect(known != other && other != known)
        #expect(!known.isWritten(kelvin) && !other.isWritten(plain))
        #expect(known.isWritten(plain) && other.isWritten(kelvin))
    }

    @Test("begin with what they begin with in topics, too")
    func prefixes() throws {
        let channel = try #require(ChannelName("房间/1:a", dialect: .webmanPush))
        for prefix in ["", "房", "房间/", "房间/1:a"] { #expect(channel.key.hasPrefix(ChannelName.key(of: prefix))) }
        #expect(!channel.key.hasPrefix(ChannelName.key(of: "间")))
    }
}
