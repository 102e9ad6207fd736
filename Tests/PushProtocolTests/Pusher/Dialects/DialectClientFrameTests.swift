// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import PushTesting
import Testing

@Suite("Frames of clients of dialects")
struct DialectClientFrameTests {
    static let dialects: [Dialect] = [.webmanPush, .workbunny2, .workbunny3]

    /// What a text is decoded as, in words.
    private func decoded(_ text: String, _ dialect: Dialect) -> String {
        let scanner = JSONScanner()
        return withText(Array(text.utf8)) { memory in
            do throws(DialectRefusal) {
                return switch try DialectClientFrame.decode(memory, dialect: dialect, scanner: scanner) {
                case .ping: "ping"
                case .pong: "pong"
                case .subscribe(let channel, let auth, let data):
                    "subscribe \(channel) \(auth ?? "-") \(data?.signed ?? "-") \(data?.text ?? "-")"
                case .unsubscribe(let channel): "unsubscribe \(channel)"
                case .signin(let auth, let userData): "signin \(auth) \(userData)"
                case .event(let name, let isPrefixed, let channel, let data):
                    "\(isPrefixed ? "event" : "unprefixed") \(String(decoding: name, as: UTF8.self)) \(channel ?? "-") "
                        + (data.map { String(decoding: $0, as: UTF8.self) } ?? "-")
                }
            } catch {
                return "\(error)"
            }
        }
    }

    static let texts = [
        (#"{"event":"pusher:ping"}"#, "ping"), (#"{"event":"pusher\u003apong","data":5}"#, "pong"),
        (#"{"event":"pusher:subscribe","data":{"channel":"a:b/c"}}"#, "subscribe a:b/c - - -"),
        (#"{"event":"pusher:subscribe","data":"{\"channel\":\"a\",\"auth\":\"\"}"}"#, "subscribe a - - -"),
        (
            #"{"event":"pusher:subscribe","data":{"channel":"a","auth":"k:1","channel_data":"{ \"b\":1}"}}"#,
            #"subscribe a k:1 { "b":1} { "b":1}"#
        ),
        (
            #"{"event":"pusher:subscribe","data":{"channel":"a","auth":"k:1","channel_data":{"user_id":"1/2" , "a":{}}}}"#,
            #"subscribe a k:1 {"a":[],"user_id":"1\/2"} {"user_id":"1/2" , "a":{}}"#
        ),
        (#"{"event":"pusher:subscribe","data":{"channel":"a","channel_data":[]}}"#, "subscribe a - - -"),
        (#"{"event":"pusher:subscribe","data":{"channel":"a","channel_data":7}}"#, "badChannelData(member: nil)"),
        (#"{"event":"pusher:subscribe","data":{"channel":"a","channel_data":[1]}}"#, "badChannelData(member: nil)"),
        (#"{"event":"pusher:subscribe","data":{"channel":["x"]}}"#, "noChannel"),
        (#"{"event":"pusher:subscribe","data":{"channel":""}}"#, "noChannel"),
        (#"{"event":"pusher:subscribe","data":"x"}"#, "noChannel"), (#"{"event":"pusher:subscribe"}"#, "noChannel"),
        (#"{"event":"pusher:unsubscribe","data":{"channel":"a"}}"#, "unsubscribe a"),
        (#"{"event":"pusher:unsubscribe","data":[]}"#, "noChannel"),
        (#"{"event":"pusher:signin","data":{"auth":"k:1","user_data":"{}"}}"#, "signin k:1 {}"),
        (#"{"event":"client-a","channel":"b","data":{"c" : 1}}"#, #"event "client-a" b {"c" : 1}"#),
        (#"{"event":"client-a","channel":["x"],"data":null}"#, #"event "client-a" - -"#),
        (#"{"event":"hello","data":0}"#, #"unprefixed "hello" - 0"#),
        (#"{"event":"pusher:zzz"}"#, "unknownEvent"), (#"{"event":"\ud800"}"#, "noEvent"),
        (#"{"a":1}"#, "noEvent"), (#"{"event":1}"#, "noEvent"), (#"{"event":["x"]}"#, "noEvent"),
        (#"{"event":""}"#, "noEvent"), ("5", "noEvent"), (#""s""#, "noEvent"), ("[1]", "noEvent"), ("true", "noEvent"),
        ("", "nothing"), ("notjson", "nothing"), ("{}", "nothing"), ("[ ]", "nothing"), ("0", "nothing"),
        ("-0.0", "nothing"), (#""0""#, "nothing"), (#""""#, "nothing"), ("null", "nothing"), ("false", "nothing"),
        (#"{"event":"a","event":"b"}"#, "nothing"),
    ]

    @Test("are read with what PHP takes for nothing", arguments: texts, dialects)
    func reads(_ text: (String, String), dialect: Dialect) {
        #expect(self.decoded(text.0, dialect) == text.1)
    }

    @Test("that have names of the protocol's are a client's to webman/push, where its own are not meant")
    func reserved() {
        let text = #"{"event":"pusher_internal:x"}"#
        #expect(self.decoded(text, .webmanPush) == #"unprefixed "pusher_internal:x" - -"#)
        #expect(self.decoded(text, .workbunny2) == "unknownEvent")
    }

    @Test("at random are refused or read, and never end the server")
    func random() throws {
        let seeds = Self.texts.map { Array($0.0.utf8) }
        let scanner = JSONScanner()
        try Fuzz.run("dialect frames") { generator in
            generator.mutated(generator.pick(seeds))
        } check: { input, generator in
            guard String(validating: input, as: UTF8.self) != nil else { return }
            let dialect = generator.pick(Self.dialects)
            withText(input) { memory in
                do throws(DialectRefusal) {
                    _ = try DialectClientFrame.decode(memory, dialect: dialect, scanner: scanner)
                } catch {
                    _ = error.frame(in: dialect)
                }
            }
        }
    }
}
