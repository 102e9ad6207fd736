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
}
