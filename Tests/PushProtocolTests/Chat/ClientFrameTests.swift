// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("Client frames")
struct ClientFrameTests {
    static let id = "1952257861484937216"

    static let decoded: [(String, DecodedFrame)] = [
        // Signs of life.
        ("ping", .life), (#"{"type":"ping"}"#, .ping), (#" { "type" : "ping" , "time":1 } "#, .ping),
        (#"{"ty\u0070e":"p\u0069ng"}"#, .ping),
        // Logins.
        (#"{"type":"login","access_token":"T"}"#, .login("T")),
        (#"{"access_token":"a\/b","type":"login","x":1}"#, .login("a/b")),
        (#"{"type":"login","access_token":""}"#, .login("")),
        // Messages: the seed's own, integers, arrays, members in any order.
        (
            #"{"to_uid":"123456","type":"chat","content":{"type":"text","value":"新内容"}}"#,
            .message(to: "123456", content: #"{"type":"text","value":"新内容"}"#)
        ),
        (#"{"to_uid":9,"content":1}"#, .message()), (#"{"content":1,"to_uid":"9"}"#, .message()),
        (#"{"content":null,"to_uid":"9"}"#, .message(content: "null")),
        (#"{"to_uid":["9"],"content":1}"#, .message()),
        (
            #"{"to_uid":["1",2],"content":1}"#,
            .message(to: .many(["1", "2"]), type: "chat", content: "1", members: [], clientID: nil)
        ),
        (#"{"to_uid":9,"content":1,"type":"a.b-c_9"}"#, .message(type: "a.b-c_9")),
        (#"{"to_uid":9,"content":1,"type":"\u0061"}"#, .message(type: "a")),
        (#"{"to_uid":9,"content":1,"client_id":"c-1"}"#, .message(clientID: "c-1")),
        (#"{"to_uid":9,"content":1,"client_id":17}"#, .message(clientID: "17")),
        (#"{"to_uid":9,"content":1,"client_id":"é\u0000"}"#, .message(clientID: "é\u{0}")),
        (#"{"to_\u0075id":9,"conten\u0074":1}"#, .message()),
        // Typing, acks.
        (#"{"type":"typing","to_uid":9}"#, .typing(to: .one("9"))),
        (#"{"type":"typing","to_uid":["a","b"],"content":1}"#, .typing(to: .many(["a", "b"]))),
        (#"{"type":"ack","id":"\#(id)"}"#, .ack(id)),
    ]

    @Test("decodes", arguments: decoded)
    func decodes(text: String, expected: DecodedFrame) {
        #expect(DecodedFrame(text) == expected)
    }

    static let malformed: [(String, String)] = [
        // No JSON, no object.
        ("", "JSON: malformed at byte 0"), ("pin", "JSON: malformed at byte 0"), ("ping ", "JSON: malformed at byte 0"),
        ("PING", "JSON: malformed at byte 0"),
        ("{", "JSON: malformed at byte 1"), (#"{"to_uid":9,"content":1}x"#, "JSON: malformed at byte 24"),
        ("{\"a\":\"\n\"}", "JSON: malformed at byte 6"),
        (#"{"content":1,"content":2}"#, "JSON: repeated member at byte 13"),
        (#"{"to_uid":9,"content":{"a":1,"a":2}}"#, "JSON: repeated member at byte 29"),
        (#"{"uid":1,"u\u0069d":2}"#, "JSON: repeated member at byte 9"),
        (#"{"content":"# + String(repeating: "[", count: 64), "JSON: nested too deep at byte 74"),
        (String(repeating: "[", count: 100_000), "JSON: nested too deep at byte 64"),
        ("[]", "a frame is a JSON object"), ("1", "a frame is a JSON object"),
        (#""ping""#, "a frame is a JSON object"), ("null", "a frame is a JSON object"),
        (#"[{"to_uid":9,"content":1}]"#, "a frame is a JSON object"),
        // Members.
        ("{}", "content is missing"), (#"{"to_uid":9}"#, "content is missing"),
        (#"{"content":1}"#, "to_uid is missing"), (#"{"to_uid":"","content":1}"#, "not a user id"),
        (#"{"to_uid":null,"content":1}"#, "not a user id"), (#"{"to_uid":{"a":1},"content":1}"#, "not a user id"),
        (#"{"to_uid":1.5,"content":1}"#, "not a user id"),
        (#"{"to_uid":18446744073709551616,"content":1}"#, "not a user id"),
        (#"{"to_uid":[],"content":1}"#, "no recipient"),
        (#"{"to_uid":"a'; DROP TABLE chat","content":1}"#, "not a user id"),
        (#"{"to_uid":"a\r\nb","content":1}"#, "not a user id"),
        // Types.
        (#"{"to_uid":9,"content":1,"type":""}"#, "type must be 1-64 of A-Z a-z 0-9 _ . -"),
        (#"{"to_uid":9,"content":1,"type":5}"#, "type must be 1-64 of A-Z a-z 0-9 _ . -"),
        (#"{"to_uid":9,"content":1,"type":null}"#, "type must be 1-64 of A-Z a-z 0-9 _ . -"),
        (#"{"to_uid":9,"content":1,"type":"a b"}"#, "type must be 1-64 of A-Z a-z 0-9 _ . -"),
        (#"{"to_uid":9,"content":1,"type":"é"}"#, "type must be 1-64 of A-Z a-z 0-9 _ . -"),
        (#"{"to_uid":9,"content":1,"type":"\ud800"}"#, "type must be 1-64 of A-Z a-z 0-9 _ . -"),
        (#"{"to_uid":9,"content":1,"type":"push.x"}"#, "the type is reserved"),
        (#"{"to_uid":9,"content":1,"type":"pus\u0068."}"#, "the type is reserved"),
        // Logins, acks, typing.
        (#"{"type":"login"}"#, "access_token is missing"),
        (#"{"type":"login","access_token":5}"#, "access_token is missing"),
        (#"{"type":"login","access_token":null}"#, "access_token is missing"),
        (#"{"type":"login","token":"T"}"#, "access_token is missing"),
        (#"{"type":"ack"}"#, "id must be 19 digits"),
        (#"{"type":"ack","id":1952257861484937216}"#, "id must be 19 digits"),
        (#"{"type":"ack","id":"17"}"#, "id must be 19 digits"),
        (#"{"type":"ack","id":"9999999999999999999"}"#, "id must be 19 digits"),
        (#"{"type":"typing"}"#, "to_uid is missing"), (#"{"type":"typing","to_uid":""}"#, "not a user id"),
    ]

    @Test("refuses with 400, and says why", arguments: malformed)
    func refuses(text: String, message: String) {
        #expect(DecodedFrame(text) == .refused(400, message, clientID: nil))
    }

    @Test(
        "every type of the protocol's own is refused to a message",
        arguments: [
            "pong", "error", "receipt", "kick", "recall", "edit", "gap", "push.",
            "push.message",
        ]
    )
    func reserved(type: String) {
        #expect(
            DecodedFrame(#"{"to_uid":9,"content":1,"type":"\#(type)","client_id":"c"}"#)
                == .refused(400, "the type is reserved", clientID: "c")
        )
    }

    @Test(
        "types that only look reserved are free",
        arguments: ["Ping", "pings", "push", "pusher", "xpush.a", "LOGIN", "chat.push."]
    )
    func free(type: String) {
        #expect(DecodedFrame(#"{"to_uid":9,"content":1,"type":"\#(type)"}"#) == .message(type: type))
    }

    @Test("only the configured types are accepted, where some are")
    func acceptedTypes() {
        let frame = { (type: String) in #"{"to_uid":9,"content":1,"type":"\#(type)"}"# }
        #expect(DecodedFrame(frame("card"), types: ["card", "chat"]) == .message(type: "card"))
        #expect(DecodedFrame(#"{"to_uid":9,"content":1}"#, types: ["card", "chat"]) == .message())
        #expect(
            DecodedFrame(frame("other"), types: ["card"])
                == .refused(400, "the type is not accepted here", clientID: nil)
        )
        #expect(
            DecodedFrame(#"{"to_uid":9,"content":1}"#, types: ["card"])
                == .refused(400, "the type is not accepted here", clientID: nil)
        )
        #expect(DecodedFrame(frame("kick"), types: ["kick"]) == .refused(400, "the type is reserved", clientID: nil))
    }

    static let clientIDs: [(String, String?)] = [
        (#""c""#, "c"), ("17", "17"), ("-1", "-1"),
        (#""\#(String(repeating: "c", count: 64))""#, String(repeating: "c", count: 64)),
        (#""\#(String(repeating: "é", count: 32))""#, String(repeating: "é", count: 32)), (#""\u0061\n""#, "a\n"),
        (#""""#, nil), (#""\#(String(repeating: "c", count: 65))""#, nil),
        (#""\#(String(repeating: "é", count: 33))""#, nil), ("null", nil), ("true", nil),
        ("1.5", nil), ("18446744073709551616", nil), ("[]", nil), (#"{"a":1}"#, nil), (#""\ud800""#, nil),
    ]

    @Test("a client_id has 1–64 bytes; another one is refused and not repeated", arguments: clientIDs)
    func readsClientID(json: String, expected: String?) {
        let refused = DecodedFrame.refused(400, "client_id must have 1-64 bytes", clientID: nil)
        #expect(
            DecodedFrame(#"{"to_uid":9,"content":1,"client_id":\#(json)}"#)
                == (expected.map { .message(clientID: $0) } ?? refused)
        )
    }

    static let refusedWithID: [(String, Int, String)] = [
        (#""content":1"#, 400, "to_uid is missing"), (#""to_uid":9"#, 400, "content is missing"),
        (#""to_uid":"*","content":1"#, 400, "not a user id"),
        (#""to_uid":9,"content":1,"type":"gap""#, 400, "the type is reserved"),
        (#""to_uid":9,"content":1,"type":1"#, 400, "type must be 1-64 of A-Z a-z 0-9 _ . -"),
        (#""type":"login""#, 400, "access_token is missing"), (#""type":"ack""#, 400, "id must be 19 digits"),
        (#""type":"typing","to_uid":[]"#, 400, "no recipient"),
        (
            #""to_uid":9,"content":""# + String(repeating: "x", count: 65_535) + "\"", 413,
            "content is larger than 64 KiB"
        ),
    ]

    @Test("a refusal tells the client_id, wherever it stands in the frame", arguments: refusedWithID)
    func refusalID(members: String, code: Int, message: String) {
        #expect(DecodedFrame(#"{"client_id":"c",\#(members)}"#) == .refused(code, message, clientID: "c"))
        #expect(DecodedFrame(#"{\#(members),"client_id":"c"}"#) == .refused(code, message, clientID: "c"))
    }

    @Test("100 recipients are taken, 101 are not")
    func recipients() {
        func frame(_ count: Int) -> String {
            #"{"to_uid":[\#((0..<count).map(String.init).joined(separator: ","))],"content":1}"#
        }
        let expected = DecodedFrame.message(
            to: .many((0..<100).map(String.init)),
            type: "chat",
            content: "1",
            members: [],
            clientID: nil
        )
        #expect(DecodedFrame(frame(100)) == expected)
        #expect(DecodedFrame(frame(101)) == .refused(400, "more than 100 recipients", clientID: nil))
    }

    @Test("one scanner decodes one frame after another, arrays of recipients too")
    func scannerReuse() {
        let scanner = JSONScanner()
        for _ in 0..<3 {
            for (text, expected) in Self.decoded { #expect(DecodedFrame(text, scanner: scanner) == expected) }
            for (text, message) in Self.malformed {
                #expect(DecodedFrame(text, scanner: scanner) == .refused(400, message, clientID: nil))
            }
        }
    }
}
