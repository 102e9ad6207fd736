// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Testing

@Suite("Frames of dialects")
struct DialectTranslatorTests {
    private static let socketID = SocketID(session: 7, node: 0, salt: 1)

    /// What a client of a dialect gets for a run of frames.
    private func translate(
        _ frames: [ByteBuffer], to dialect: Dialect, by translator: DialectTranslator? = nil
    ) -> [String] {
        var run = ByteBuffer()
        for frame in frames { run.writeImmutableBuffer(frame) }
        let translator = translator ?? DialectTranslator(dialect)
        let recipient = DialectTranslator.Recipient(appKey: "key", socketID: Self.socketID)
        let translated = translator.translate(run, for: recipient, milliseconds: 1_795_210_493_135)
        return DeliveredFrame.all(in: translated).map { frame in
            if case .text(let text) = frame { text } else { "\(frame)" }
        }
    }

    private static let stamp = #"{"appKey":"key","socketId":"7.1024","timestamp":1795210493135,"#

    private static func event(_ name: String, _ data: String, on channel: String = "c") -> ByteBuffer {
        PusherServerFrame.event(name: name, channel: channel, data: ByteBuffer(string: data))
    }

    @Test("Texts that are no objects stay as they are", arguments: ["", "[1]", "{}", "x", " "])
    func extensionsOwn(text: String) {
        for dialect in Dialect.allCases {
            #expect(self.translate([WebSocketFrame.text(text)], to: dialect) == [text], "\(dialect)")
        }
    }

    /// A frame, and what becomes of it in webman/push, workbunny 2 and workbunny 3 (behind its stamp).
    static let frames: [(ByteBuffer, String, String, String)] = [
        (
            PusherServerFrame.connectionEstablished(socketID: Self.socketID, activityTimeout: 55),
            #"{"event":"pusher:connection_established","data":"{\"socket_id\":\"7.1024\",\"activity_timeout\":55}"}"#,
            #"{"event":"pusher:connection_established","data":{"socket_id":"7.1024","activity_timeout":55}}"#,
            #""event":"pusher:connection_established","data":{"socket_id":"7.1024","activity_timeout":55}}"#
        ),
        (
            PusherServerFrame.pong, #"{"event":"pusher:pong","data":"{}"}"#, #"{"event":"pusher:pong","data":{}}"#,
            #""event":"pusher:pong","data":{}}"#
        ),
        (
            PusherServerFrame.subscriptionSucceeded(channel: "c"),
            #"{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"c"}"#,
            #"{"channel":"c","event":"pusher_internal:subscription_succeeded","data":"{}"}"#,
            #""channel":"c","event":"pusher_internal:subscription_succeeded","data":{}}"#
        ),
        (
            PusherServerFrame.subscriptionSucceeded(
                channel: "c",
                members: [(id: "a", info: #"{"n":1}"#), (id: "b", info: #""{\"n\":2}""#), (id: "c", info: nil)]
            ),
            #"{"event":"pusher_internal:subscription_succeeded","data":"{\"presence\":{\"count\":3,\"ids\":[\"a\",\"b\",\"c\"],"#
                + #"\"hash\":{\"a\":{\"n\":1},\"b\":\"{\\\"n\\\":2}\",\"c\":null}}}","channel":"c"}"#,
            #"{"channel":"c","event":"pusher_internal:subscription_succeeded","data":"{\"presence\":{\"count\":3,"#
                + #"\"ids\":[\"a\",\"b\",\"c\"],\"hash\":{\"a\":\"{\\\"n\\\":1}\",\"b\":\"{\\\"n\\\":2}\",\"c\":\"null\"}}}"}"#,
            #""channel":"c","event":"pusher_internal:subscription_succeeded","data":{"presence":{"count":3,"#
                + #""ids":["a","b","c"],"hash":{"a":"{\"n\":1}","b":"{\"n\":2}","c":"null"}}}}"#
        ),
        (
            PusherServerFrame.subscriptionError(channel: "c", type: "LimitReached", message: "no", status: 4004),
            #"{"event":"pusher:error","data":{"code":null,"message":"no"}}"#,
            #"{"event":"pusher:error","data":{"code":null,"message":"no"}}"#,
            #""event":"pusher:error","data":{"code":"403","message":"Client rejected - no"}}"#
        ),
        (
            PusherServerFrame.error(code: 4301, message: "no"),
            #"{"event":"pusher:error","data":{"code":4301,"message":"no"}}"#,
            #"{"event":"pusher:error","data":{"code":4301,"message":"no"}}"#,
            #""event":"pusher:error","data":{"code":"4301","message":"no"}}"#
        ),
        (
            PusherServerFrame.error(code: 4201, message: "no answer to a ping"),
            #"{"event":"pusher:error","data":{"code":4201,"message":"no answer to a ping"}}"#,
            #"{"event":"pusher:terminate_connection","data":{"message":"Terminate connection by heartbeat"}}"#,
            #""event":"pusher:terminate_connection","data":{"type":"heartbeat","#
                + #""message":"Terminate connection by heartbeat"}}"#
        ),
        (
            PusherServerFrame.cacheMiss(channel: "c"), #"{"event":"pusher:cache_miss","data":"{}","channel":"c"}"#,
            #"{"channel":"c","event":"pusher:cache_miss","data":{}}"#,
            #""channel":"c","event":"pusher:cache_miss","data":{}}"#
        ),
        (
            Self.event("ev", #""{\"m\":1}""#), #"{"event":"ev","data":"{\"m\":1}","channel":"c"}"#,
            #"{"channel":"c","event":"ev","data":"{\"m\":1}"}"#, #""channel":"c","event":"ev","data":"{\"m\":1}"}"#
        ),
        (
            Self.event("ev", #"{"m":1.0}"#), #"{"event":"ev","data":"{\"m\":1.0}","channel":"c"}"#,
            #"{"channel":"c","event":"ev","data":{"m":1.0}}"#, #""channel":"c","event":"ev","data":{"m":1.0}}"#
        ),
        (
            withText(#""client-e""#) { name in
                withText(#""str""#) { PusherServerFrame.event(name: name, channel: "é/\"", data: $0, userID: nil) }
            },
            #"{"event":"client-e","data":"\"str\"","channel":"é/\""}"#,
            #"{"channel":"é/\"","event":"client-e","data":"str"}"#,
            #""channel":"é/\"","event":"client-e","data":"str"}"#
        ),
        (
            // A backend's.
            Self.event("client-e", #""str""#), #"{"event":"client-e","data":"str","channel":"c"}"#,
            #"{"channel":"c","event":"client-e","data":"str"}"#,
            #""channel":"c","event":"client-e","data":"str"}"#
        ),
    ]

    @Test("are those of webman/push", arguments: frames)
    func webman(frame: ByteBuffer, expected: String, _: String, _: String) {
        #expect(self.translate([frame], to: .webmanPush) == [expected])
    }

    @Test("are those of workbunny 2", arguments: frames)
    func workbunny2(frame: ByteBuffer, _: String, expected: String, _: String) {
        #expect(self.translate([frame], to: .workbunny2) == [expected])
    }

    @Test("are those of workbunny 3, which say for whom they are, and when", arguments: frames)
    func workbunny3(frame: ByteBuffer, _: String, _: String, expected: String) {
        #expect(self.translate([frame], to: .workbunny3) == [Self.stamp + expected])
    }

    @Test("are Pusher's own as they were, but for data that a backend sent as a value", arguments: frames)
    func pusher(frame: ByteBuffer, _: String, _: String, _: String) {
        let text = DeliveredFrame.all(in: frame).map { if case .text(let text) = $0 { text } else { "" } }
        let expected = text.map {
            $0.replacing(#""data":{"m":1.0}"#, with: #""data":"{\"m\":1.0}""#)
        }
        #expect(self.translate([frame], to: .pusher) == expected)
    }

    @Test("of who comes and goes have an id of their own in workbunny's")
    func members() throws {
        let id = #"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"#
        func text(_ frame: ByteBuffer, _ dialect: Dialect) throws -> String {
            let text = try #require(self.translate([frame], to: dialect).first)
            return text.replacing(try Regex(id), with: "ID").replacing(Self.stamp, with: "{")
        }
        let added = PusherServerFrame.memberAdded(channel: "c", id: "a", info: #""{\"n\":\"B/ü\"}""#)
        let head = #"{"channel":"c","event":"pusher_internal:member_"#
        #expect(
            try text(added, .workbunny2) == head + #"added","data":{"id":"ID","user_id":"a","user_info":{"n":"B/ü"}}}"#
        )
        #expect(
            try text(added, .workbunny3)
                == head + #"added","data":{"id":"ID","user_id":"a","user_info":"{\"n\":\"B/ü\"}"}}"#
        )
        let plain = PusherServerFrame.memberAdded(channel: "c", id: "a", info: #""no JSON""#)
        #expect(
            try text(plain, .workbunny2) == head + #"added","data":{"id":"ID","user_id":"a","user_info":"no JSON"}}"#
        )
        let removed = PusherServerFrame.memberRemoved(channel: "c", id: "a")
        #expect(try text(removed, .workbunny2) == head + #"removed","data":"{\"id\":\"ID\",\"user_id\":\"a\"}"}"#)
        #expect(try text(removed, .workbunny3) == head + #"removed","data":{"id":"ID","user_id":"a"}}"#)
    }

    @Test("that come together go together, whatever their size and kind", arguments: Dialect.allCases)
    func runs(dialect: Dialect) {
        let large = [1, 100, 126, 40_000, 70_000].map { count in
            Self.event("ev", "\"" + String(repeating: "x", count: count) + "\"")
        }
        let frames = large + [WebSocketFrame.ping, PusherServerFrame.pong]
        let together = self.translate(frames, to: dialect)
        #expect(together == frames.flatMap { self.translate([$0], to: dialect) })
        #expect(together.count == frames.count)
    }

    @Test("are the same for everybody who gets a run, and another run is another one", arguments: Dialect.allCases)
    func kept(dialect: Dialect) {
        let translator = DialectTranslator(dialect)
        let recipient = DialectTranslator.Recipient(appKey: "key", socketID: Self.socketID)
        var run = Self.event("ev", #""1""#)
        func translated() -> ByteBuffer { translator.translate(run, for: recipient, milliseconds: 1) }
        let first = translated()
        #expect(translated() == first)
        // What is appended is not taken for what was there.
        run.writeImmutableBuffer(Self.event("ev", #""2""#))
        #expect(DeliveredFrame.all(in: translated()).count == 2)
        run = Self.event("ev", #""3""#)
        #expect(translated() != first)
        #expect(String(buffer: translated()).contains(#""3""#))
    }
}
