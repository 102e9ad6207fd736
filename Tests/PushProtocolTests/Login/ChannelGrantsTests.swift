// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("Channels that a login record grants")
struct ChannelGrantsTests {
    static let cases: [(pattern: String, channel: String, isGranted: Bool)] = [
        ("private-user-{uid}", "private-user-alice", true), ("private-user-{uid}", "private-user-bob", false),
        ("private-user-{uid}", "private-user-alice2", false), ("presence-room-*", "presence-room-7", true),
        ("presence-room-*", "presence-room-", true), ("presence-room-*", "presence-hall", false),
        ("private-{uid}-*", "private-alice-x", true), ("private-{uid}-*", "private-bob-x", false),
        ("private-encrypted-a", "private-encrypted-a", true), ("private-a", "private-A", false),
        ("*", "private-x", true), ("*", "presence-x", true), ("*", "#server-to-user-bob", false),
        ("public", "public", false), ("private-*-x", "private-1-x", false), ("", "private-x", false),
    ]

    @Test("are names, with the uid in them, or beginnings of names", arguments: cases)
    func patterns(pattern: String, channel: String, isGranted: Bool) throws {
        let grants = ChannelGrants([pattern], uid: "alice")
        #expect(grants.include(try #require(ChannelName(channel))) == isGranted)
    }

    @Test(
        "can match where they are of names that need a signature",
        arguments: [
            ("private-user-{uid}", true), ("presence-room-*", true), ("private-*", true), ("*", true),
            ("private-encrypted-a", true), ("news", false), ("cache-*", false), ("", false), ("private-a*b", false),
            ("private-{user}", false), ("priv*", false), ("#server-to-user-{uid}", false),
        ])
    func isPattern(pattern: String, isOne: Bool) {
        #expect(ChannelGrants.isPattern(pattern) == isOne)
    }

    @Test("are of names by their bytes")
    func canonicalEquivalence() throws {
        let grants = ChannelGrants(["private-K"], uid: "alice")
        #expect(grants.include(try #require(ChannelName("private-K", dialect: .webmanPush))))
        #expect(!grants.include(try #require(ChannelName("private-\u{212A}", dialect: .webmanPush))))
    }

    @Test("are a hundred at most")
    func bounded() throws {
        let grants = ChannelGrants((0...100).map { "private-\($0)" }, uid: "alice")
        #expect(grants.include(try #require(ChannelName("private-99"))))
        #expect(!grants.include(try #require(ChannelName("private-100"))))
    }

    @Test(
        "stand in the record, in both of its forms",
        arguments: [
            #"{"app":{"token":"t","channels":["private-a","presence-b-*",7,null,{}]}}"#,
            #"a:1:{s:3:"app";a:2:{s:5:"token";s:1:"t";s:8:"channels";a:3:{i:0;s:9:"private-a";i:1;s:12:"presence-b-*";i:2;i:7;}}}"#,
        ])
    func record(stored: String) {
        var stored = stored
        let record = stored.withUTF8 { LoginRecord(UnsafeRawBufferPointer($0)) }
        #expect(record?.grants["app"]?.channels == ["private-a", "presence-b-*", "7"])
    }
}
