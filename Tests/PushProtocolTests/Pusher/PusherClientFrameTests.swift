// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("Channels: client frames")
struct PusherClientFrameTests {
    static let decoded: [(String, DecodedPusherFrame)] = [
        // Signs of life, with any data or none.
        (#"{"event":"pusher:ping","data":{}}"#, .ping), (#"{"event":"pusher:ping","data":""}"#, .ping),
        (#"{"event":"pusher:ping"}"#, .ping), (#"{"data":[1],"event":"pusher:ping","x":1}"#, .ping),
        (#" { "event" : "pusher\u003aping" } "#, .ping), (#"{"\u0065vent":"pusher:ping"}"#, .ping),
        (#"{"event":"pusher:pong","data":{}}"#, .pong), (#"{"event":"pusher:pong"}"#, .pong),
        // Subscriptions: what is signed and what is not, as the official clients send them.
        (
            #"{"event":"pusher:subscribe","data":{"auth":"","channel":"news"}}"#,
            .subscribe("news", auth: nil, channelData: nil)
        ),
        (
            #"{"event":"pusher:subscribe","data":{"channel":"news"}}"#,
            .subscribe("news", auth: nil, channelData: nil)
        ),
        (
            #"{"event":"pusher:subscribe","data":{"channel":"private-a","auth":"k:5","channel_data":null}}"#,
            .subscribe("private-a", auth: "k:5", channelData: nil)
        ),
        (
            #"{"event":"pusher:subscribe","data":{"channel":"private-a","auth":"k:5","channel_data":""}}"#,
            .subscribe("private-a", auth: "k:5", channelData: nil)
        ),
        (
            #"{"event":"pusher:subscribe","data":{"channel":"private-a","auth":null}}"#,
            .subscribe("private-a", auth: nil, channelData: nil)
        ),
        (
            #"{"event":"pusher:subscribe","data":{"channel":"presence-a","auth":"k:5","channel_data":"#
                + #""{\"user_id\":\"1\",\"user_info\":{\"a\\\/b\": \"\u00e9é\\u00e9\"}}"}}"#,
            .subscribe(
                "presence-a", auth: "k:5", channelData: #"{"user_id":"1","user_info":{"a\/b": "éé\u00e9"}}"#
            )
        ),
        // The data as a string.
        (
            #"{"event":"pusher:subscribe","data":"{\"channel\":\"news\"}"}"#,
            .subscribe("news", auth: nil, channelData: nil)
        ),
        (
            #"{"event":"pusher:subscribe","data":" {\"channel\":\"a\",\"auth\":\"k:5\","#
                + #"\"channel_data\":\"{\\\"user_id\\\":1}\"} "}"#,
            .subscribe("a", auth: "k:5", channelData: #"{"user_id":1}"#)
        ),
        // Whether it is a name at all is not decided here.
        (#"{"event":"pusher:subscribe","data":{"channel":""}}"#, .subscribe("", auth: nil, channelData: nil)),
        (#"{"event":"pusher:subscribe","data":{"channel":"a b"}}"#, .subscribe("a b", auth: nil, channelData: nil)),
        (#"{"event":"pusher:unsubscribe","data":{"channel":"presence-x"}}"#, .unsubscribe("presence-x")),
        (#"{"event":"pusher:unsubscribe","data":"{\"channel\":\"x\"}"}"#, .unsubscribe("x")),
        (#"{"event":"pusher:unsubscribe","data":{"channel":"x","channel_data":{}}}"#, .unsubscribe("x")),
        (
            #"{"event":"pusher:signin","data":{"auth":"k:5","user_data":"{\"id\":\"12345\"}"}}"#,
            .signin(auth: "k:5", userData: #"{"id":"12345"}"#)
        ),
        (
            #"{"event":"pusher:signin","data":"{\"auth\":\"k:5\",\"user_data\":\"{\\\"id\\\":\\\"\\\\u00e9\\\"}\"}"}"#,
            .signin(auth: "k:5", userData: #"{"id":"\u00e9"}"#)
        ),
        (#"{"event":"pusher:signin","data":{"auth":"","user_data":""}}"#, .signin(auth: "", userData: "")),
    ]

    @Test("are decoded", arguments: decoded)
    func decodes(text: String, expected: DecodedPusherFrame) {
        #expect(DecodedPusherFrame(text) == expected)
    }

    static let data = [
        "null", "0", "-1.50e+07", "true", #""""#, #""text""#, #""{\"a\":1}""#, "[]", "[ 1 , {} ]",
        #"{"a" : "\u00e9é\/",  "b":18446744073709551616}"#, #""\ud800""#, "\"中😀\"",
    ]

    @Test("the data of an event stays as it is, to the byte", arguments: data)
    func eventData(data: String) {
        let expected = DecodedPusherFrame.event(name: #""client-a""#, channel: "private-a", data: data)
        #expect(DecodedPusherFrame(#"{"event":"client-a","channel":"private-a","data":\#(data)}"#) == expected)
        #expect(
            DecodedPusherFrame("{\"data\" :\t\(data)\n,\"channel\":\"private-a\",\"event\":\"client-a\"}") == expected)
    }

    @Test("an event without data has null")
    func noData() {
        #expect(
            DecodedPusherFrame(#"{"event":"client-a","channel":"private-a"}"#)
                == .event(name: #""client-a""#, channel: "private-a", data: "null")
        )
    }

    static let names = [
        "client-", "client-a", "client-a:b c", "client-é", #"client-\u00e9\"\\"#, #"\u0063lient-a"#, "client-pusher:x",
        "client-" + String(repeating: "x", count: 193), #"client\u002d"# + String(repeating: "\\u0061", count: 193),
    ]

    @Test("the name of an event stays as it is written, up to 200 bytes of what it means", arguments: names)
    func eventName(name: String) {
        #expect(
            DecodedPusherFrame(#"{"event":"\#(name)","channel":"c","data":1}"#)
                == .event(name: "\"\(name)\"", channel: "c", data: "1")
        )
        #expect(
            DecodedPusherFrame(#"{"event":"\#(name)\#(String(repeating: "é", count: 97))","channel":"c","data":1}"#)
                == .refused("the name of an event has at most 200 bytes")
        )
    }

    static let notAnObject = "data must be a JSON object"
    static let prefix = "the name of a client's event must begin with client-"
    static let refused: [(String, String)] = [
        // No frame at all.
        ("", "a frame is not JSON: malformed at byte 0"), ("ping", "a frame is not JSON: malformed at byte 0"),
        ("{", "a frame is not JSON: malformed at byte 1"), ("{}x", "a frame is not JSON: malformed at byte 2"),
        (
            #"{"event":"client-a","event":"pusher:ping"}"#,
            "a frame is not JSON: repeated member at byte 20"
        ),
        (
            #"{"event":"client-a","channel":"c","data":\#(String(repeating: "[", count: 64))"#,
            "a frame is not JSON: nested too deep at byte 104"
        ),
        ("5", "a frame must be a JSON object"), (#""s""#, "a frame must be a JSON object"),
        ("null", "a frame must be a JSON object"), ("[]", "a frame must be a JSON object"),
        (#"[{"event":"pusher:ping"}]"#, "a frame must be a JSON object"),
        // No event.
        ("{}", "event must be a string"), (#"{"a":1}"#, "event must be a string"),
        (#"{"event":1}"#, "event must be a string"), (#"{"event":null}"#, "event must be a string"),
        (#"{"event":["x"]}"#, "event must be a string"), (#"{"event":{"a":"client-a"}}"#, "event must be a string"),
        (#"{"event":"client-\ud800","channel":"c"}"#, "event must be a string"),
        // An event that is not the client's.
        (#"{"event":""}"#, prefix), (#"{"event":"x","channel":"c","data":1}"#, prefix),
        (#"{"event":"client","channel":"c"}"#, prefix), (#"{"event":"Client-a","channel":"c"}"#, prefix),
        (#"{"event":" client-a","channel":"c"}"#, prefix),
        (#"{"event":"pusher_internal:member_added","channel":"c","data":"{}"}"#, prefix),
        (#"{"event":"pusher","data":{}}"#, prefix),
        (#"{"event":"pusher:","data":{}}"#, "the server knows no such pusher: event"),
        (#"{"event":"pusher:Ping","data":{}}"#, "the server knows no such pusher: event"),
        (#"{"event":"pusher:error","data":{}}"#, "the server knows no such pusher: event"),
        (#"{"event":"pusher:subscribe ","data":{}}"#, "the server knows no such pusher: event"),
        // An event of the client's that goes nowhere.
        (#"{"event":"client-a"}"#, "channel must be a string"),
        (#"{"event":"client-a","channel":["x"],"data":{"a":1}}"#, "channel must be a string"),
        (#"{"event":"client-a","channel":5}"#, "channel must be a string"),
        (#"{"event":"client-a","channel":null}"#, "channel must be a string"),
        (#"{"event":"client-a","channel":"\udfff"}"#, "channel must be a string"),
        (#"{"event":"client-a","data":{"channel":"c"}}"#, "channel must be a string"),
        // Subscriptions.
        (#"{"event":"pusher:subscribe"}"#, notAnObject),
        (#"{"event":"pusher:subscribe","data":5}"#, notAnObject),
        (#"{"event":"pusher:subscribe","data":null}"#, notAnObject),
        (#"{"event":"pusher:subscribe","data":["x"]}"#, notAnObject),
        (#"{"event":"pusher:subscribe","data":"[]"}"#, notAnObject),
        (#"{"event":"pusher:subscribe","data":"5"}"#, notAnObject),
        (#"{"event":"pusher:subscribe","data":"\ud800"}"#, notAnObject),
        (#"{"event":"pusher:subscribe","data":"x"}"#, "data is not JSON: malformed at byte 0"),
        (#"{"event":"pusher:subscribe","data":""}"#, "data is not JSON: malformed at byte 0"),
        (#"{"event":"pusher:subscribe","data":"{\"channel\":\"a\",}"}"#, "data is not JSON: malformed at byte 15"),
        (
            #"{"event":"pusher:subscribe","data":"{\"channel\":\"a\",\"channel\":\"b\"}"}"#,
            "data is not JSON: repeated member at byte 15"
        ),
        (#"{"event":"pusher:subscribe","data":{}}"#, "data.channel must be a string"),
        (#"{"event":"pusher:subscribe","channel":"a","data":{}}"#, "data.channel must be a string"),
        (#"{"event":"pusher:subscribe","data":{"channel":["x"]}}"#, "data.channel must be a string"),
        (#"{"event":"pusher:subscribe","data":{"channel":5}}"#, "data.channel must be a string"),
        (#"{"event":"pusher:subscribe","data":{"channel":"a","auth":5}}"#, "data.auth must be a string"),
        (#"{"event":"pusher:subscribe","data":{"channel":"a","auth":["k:5"]}}"#, "data.auth must be a string"),
        (
            #"{"event":"pusher:subscribe","data":{"channel":"a","auth":"k:5","channel_data":{"user_id":"1"}}}"#,
            "data.channel_data, the very text that was signed, must be a string"
        ),
        (
            #"{"event":"pusher:subscribe","data":{"channel":"a","auth":"k:5","channel_data":1}}"#,
            "data.channel_data, the very text that was signed, must be a string"
        ),
        (#"{"event":"pusher:unsubscribe"}"#, notAnObject),
        (#"{"event":"pusher:unsubscribe","data":{}}"#, "data.channel must be a string"),
        (#"{"event":"pusher:unsubscribe","data":{"channel":null}}"#, "data.channel must be a string"),
        // Signing in.
        (#"{"event":"pusher:signin"}"#, notAnObject),
        (#"{"event":"pusher:signin","data":{}}"#, "data.auth must be a string"),
        (#"{"event":"pusher:signin","data":{"auth":null,"user_data":"{}"}}"#, "data.auth must be a string"),
        (
            #"{"event":"pusher:signin","data":{"auth":"k:5"}}"#,
            "data.user_data, the very text that was signed, must be a string"
        ),
        (
            #"{"event":"pusher:signin","data":{"auth":"k:5","user_data":{"id":"1"}}}"#,
            "data.user_data, the very text that was signed, must be a string"
        ),
    ]

    @Test("are refused, and told why", arguments: refused)
    func refuses(text: String, message: String) {
        #expect(DecodedPusherFrame(text) == .refused(message))
    }

    @Test("one scanner decodes one frame after another")
    func scannerReuse() {
        let scanner = JSONScanner()
        for _ in 0..<3 {
            for (text, expected) in Self.decoded { #expect(DecodedPusherFrame(text, scanner: scanner) == expected) }
            for (text, message) in Self.refused {
                #expect(DecodedPusherFrame(text, scanner: scanner) == .refused(message))
            }
        }
    }
}
