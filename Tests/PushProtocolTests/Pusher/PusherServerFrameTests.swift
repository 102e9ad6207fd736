// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Testing

@Suite("Channels: server frames")
struct PusherServerFrameTests {
    static let connection: [(ByteBuffer, String)] = [
        (
            PusherServerFrame.connectionEstablished(
                socketID: SocketID(session: 123, node: 456, salt: 0), activityTimeout: 120
            ),
            #"{"event":"pusher:connection_established","#
                + #""data":"{\"socket_id\":\"123.456\",\"activity_timeout\":120}"}"#
        ),
        (PusherServerFrame.ping, #"{"event":"pusher:ping","data":"{}"}"#),
        (PusherServerFrame.pong, #"{"event":"pusher:pong","data":"{}"}"#),
        (
            PusherServerFrame.error(code: 4001, message: "no such app"),
            #"{"event":"pusher:error","data":{"code":4001,"message":"no such app"}}"#
        ),
        (
            PusherServerFrame.error(code: nil, message: "\"\\\n"),
            #"{"event":"pusher:error","data":{"code":null,"message":"\"\\\n"}}"#
        ),
        (
            PusherServerFrame.error(code: 4301, message: "too fast", channel: "private-a"),
            #"{"event":"pusher:error","channel":"private-a","data":{"code":4301,"message":"too fast"}}"#
        ),
        (
            PusherServerFrame.signinSuccess(userData: #"{"id":"1","user_info":{"n":"é\n"}}"#),
            #"{"event":"pusher:signin_success","data":"#
                + #""{\"user_data\":\"{\\\"id\\\":\\\"1\\\",\\\"user_info\\\":{\\\"n\\\":\\\"é\\\\n\\\"}}\"}"}"#
        ),
        (
            PusherServerFrame.watchlist(online: ["b"], offline: ["c", "d"]),
            #"{"event":"pusher_internal:watchlist_events","data":"{\"events\":["#
                + #"{\"name\":\"online\",\"user_ids\":[\"b\"]},{\"name\":\"offline\",\"user_ids\":[\"c\",\"d\"]}]}"}"#
        ),
        (
            PusherServerFrame.watchlist(online: [], offline: ["c"]),
            #"{"event":"pusher_internal:watchlist_events","data":"{\"events\":["#
                + #"{\"name\":\"offline\",\"user_ids\":[\"c\"]}]}"}"#
        ),
        (
            PusherServerFrame.watchlist(online: ["b"], offline: []),
            #"{"event":"pusher_internal:watchlist_events","data":"{\"events\":["#
                + #"{\"name\":\"online\",\"user_ids\":[\"b\"]}]}"}"#
        ),
        (
            PusherServerFrame.watchlist(online: [], offline: []),
            #"{"event":"pusher_internal:watchlist_events","data":"{\"events\":[]}"}"#
        ),
    ]

    static let channels: [(ByteBuffer, String)] = [
        (
            PusherServerFrame.subscriptionSucceeded(channel: "news"),
            #"{"event":"pusher_internal:subscription_succeeded","channel":"news","data":"{}"}"#
        ),
        (
            PusherServerFrame.subscriptionSucceeded(
                channel: "presence-a", members: [(id: "1", info: #"{"name": "é\/\"x"}"#), (id: "b", info: nil)]
            ),
            #"{"event":"pusher_internal:subscription_succeeded","channel":"presence-a","data":"#
                + #""{\"presence\":{\"count\":2,\"ids\":[\"1\",\"b\"],"#
                + #"\"hash\":{\"1\":{\"name\": \"é\\/\\\"x\"},\"b\":null}}}"}"#
        ),
        (
            PusherServerFrame.subscriptionSucceeded(channel: "presence-a", members: []),
            #"{"event":"pusher_internal:subscription_succeeded","channel":"presence-a","data":"#
                + #""{\"presence\":{\"count\":0,\"ids\":[],\"hash\":{}}}"}"#
        ),
        (
            PusherServerFrame.subscriptionError(
                channel: "private-a", type: "AuthError", message: #"sign "1.2:private-a""#, status: 401
            ),
            #"{"event":"pusher:subscription_error","channel":"private-a","data":"#
                + #""{\"type\":\"AuthError\",\"error\":\"sign \\\"1.2:private-a\\\"\",\"status\":401}"}"#
        ),
        (
            PusherServerFrame.memberAdded(channel: "presence-a", id: "a", info: "{\"n\":\n[1, 2]}"),
            #"{"event":"pusher_internal:member_added","channel":"presence-a","data":"#
                + #""{\"user_id\":\"a\",\"user_info\":{\"n\":\n[1, 2]}}"}"#
        ),
        (
            PusherServerFrame.memberAdded(channel: "presence-a", id: "a\"", info: nil),
            #"{"event":"pusher_internal:member_added","channel":"presence-a","data":"{\"user_id\":\"a\\\"\"}"}"#
        ),
        (
            PusherServerFrame.memberRemoved(channel: "presence-a", id: "a"),
            #"{"event":"pusher_internal:member_removed","channel":"presence-a","data":"{\"user_id\":\"a\"}"}"#
        ),
        (
            PusherServerFrame.subscriptionCount(channel: "news", count: 17),
            #"{"event":"pusher_internal:subscription_count","channel":"news","data":"{\"subscription_count\":17}"}"#
        ),
        (
            PusherServerFrame.cacheMiss(channel: "cache-a"),
            #"{"event":"pusher:cache_miss","channel":"cache-a","data":"{}"}"#
        ),
        (
            PusherServerFrame.event(name: "e\"é", channel: "news", data: ByteBuffer(string: #""{\"a\":\u0031}""#)),
            #"{"event":"e\"é","channel":"news","data":"{\"a\":\u0031}"}"#
        ),
        (
            withText(#""client-\u0061""#) { name in
                withText("{ \"a\":1 }") { PusherServerFrame.event(name: name, channel: "c", data: $0, userID: nil) }
            },
            #"{"event":"client-\u0061","data":{ "a":1 },"channel":"c"}"#
        ),
        (
            withText(#""client-a""#) { name in
                withText("\"x\"") { PusherServerFrame.event(name: name, channel: "c", data: $0, userID: "u\"") }
            },
            #"{"event":"client-a","data":"x","channel":"c","user_id":"u\""}"#
        ),
    ]

    @Test("are the JSON of the protocol, to the byte", arguments: connection + channels)
    func text(frame: ByteBuffer, expected: String) throws {
        #expect(try textOfFrame(frame) == expected)
        #expect(scanError(expected) == nil)
    }

    @Test("hold JSON in the string of their data, whatever text stands in them")
    func anyText() throws {
        try Fuzz.run("channels server frames") { generator in
            Array(String((0..<generator.below(100)).map { _ in generator.character() }).utf8)
        } check: { input, generator in
            let text = String(decoding: input, as: UTF8.self)
            let info = String(decoding: RandomDocument([.halves], using: &generator).bytes, as: UTF8.self)
            let frames: [(ByteBuffer, path: [String], String)] = [
                (PusherServerFrame.signinSuccess(userData: text), ["user_data"], text),
                (
                    PusherServerFrame.subscriptionError(channel: text, type: text, message: text, status: 401),
                    ["error"], text
                ),
                (PusherServerFrame.memberAdded(channel: text, id: text, info: info), ["user_id"], text),
                (PusherServerFrame.memberRemoved(channel: text, id: text), ["user_id"], text),
            ]
            for (frame, path, expected) in frames {
                let data = try Self.data(of: frame)
                let member = try #require(try ScannedText(data).memberTexts.first { $0[0] == path[0] })
                try #require(try Self.string(member[1]) == Array(expected.utf8))
            }
            let added = try Self.data(of: PusherServerFrame.memberAdded(channel: "c", id: "u", info: info))
            try #require(added == #"{"user_id":"u","user_info":\#(info)}"#)
            let members = [(id: text, info: Optional(info)), (id: text + "x", info: nil)]
            let presence = try ScannedText(
                try Self.data(of: PusherServerFrame.subscriptionSucceeded(channel: text, members: members))
            )
            try #require(presence.memberTexts.map(\.[0]) == ["presence"])
            _ = try Self.data(of: PusherServerFrame.watchlist(online: [text, "a"], offline: [text]))
            let error = try textOfFrame(PusherServerFrame.error(code: nil, message: text, channel: text))
            try #require(scanError(error) == nil)
        }
    }

    /// The text that the string of a frame's `data` stands for; it must be JSON.
    private static func data(of frame: ByteBuffer) throws -> String {
        let members = try ScannedText(try textOfFrame(frame)).memberTexts
        let data = try #require(members.last { $0[0] == "data" })
        let text = String(decoding: try #require(try self.string(data[1])), as: UTF8.self)
        try #require(scanError(text) == nil)
        return text
    }

    /// The bytes of a JSON string.
    private static func string(_ json: String) throws -> [UInt8]? {
        try withText(json) { text in JSONText.string(try JSONScanner().scan(text), in: text) }.map { Array($0.utf8) }
    }
}
