// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("Message body")
struct MessageBodyTests {
    /// Contents that pass byte for byte.
    static let contents = [
        "1", "-0", "1.0", "1e5", "1E+05", "0.10", "123456789012345678901234567890.123456789", "1e999",
        "18446744073709551616", "null", "true", #""""#,
        #""plain""#, #""\u0000""#, #""\u00e9é\u0065""#, #""\ud83d\ude00😀""#, #""\ud800""#, #""\"\\\/\b\f\n\r\t""#,
        #""'; DROP TABLE chat; --""#,
        "\"\u{7F}\u{2028}\u{FEFF}\"", "{}", "[]", "{ \"b\" : 1 ,\t\"a\":\r\n [ 1 , 2 ] }",
        #"{"type":"text","value":"新内容"}"#, #"{"id":1,"uid":2,"sk":3,"code":4}"#,
        "[[[[[[1]]]]]]", "\"e\u{301}\u{200D}👨‍👩‍👧‍👦\"",
    ]

    @Test("a content is kept byte for byte, without the white space around it", arguments: contents)
    func content(json: String) {
        let expected = DecodedFrame.message(content: json)
        #expect(DecodedFrame(#"{"to_uid":9,"content":\#(json)}"#) == expected)
        #expect(DecodedFrame("{\"content\" :\n\t \(json) \r\n,\"to_uid\":9}") == expected)
        if case .message(_, _, let content, _, _) = DecodedFrame(#"{"content":\#(json),"to_uid":9}"#) {
            #expect(Array(content.utf8) == Array(json.utf8))
        }
    }

    @Test("a content has 64 KiB at most, counted as it was sent")
    func limit() {
        for (filler, count) in [("x", 65_534), ("中", 21_844), (#"\n"#, 32_767)] {
            let content = "\"" + String(repeating: filler, count: count) + "\""
            #expect(DecodedFrame(#"{"to_uid":9,"content":  \#(content)  }"#) == .message(content: content))
            let longer = "\"" + String(repeating: filler, count: count) + "xxx\""
            #expect(
                DecodedFrame(#"{"to_uid":9,"content":\#(longer)}"#)
                    == .refused(413, "content is larger than 64 KiB", clientID: nil)
            )
        }
    }

    static let members: [(String, [String])] = [
        (#""nick":"n""#, [#""nick":"n""#]),
        (#""a" : [ 1 , 2 ] , "b":{"id":1}"#, [#""a" : [ 1 , 2 ]"#, #""b":{"id":1}"#]),
        (#""n\u0069ck":1e999"#, [#""n\u0069ck":1e999"#]),
        (#""":null"#, [#""":null"#]),
        (
            #""ID":1,"Uid":2,"onLine":1,"stored":false,"data":[],"echo":1"#,
            [#""ID":1"#, #""Uid":2"#, #""onLine":1"#, #""stored":false"#, #""data":[]"#, #""echo":1"#]
        ),
        // The server's own, and what must not travel; escaped too.
        (#""id":1,"uid":2,"time":3,"state":4"#, []),
        (#""code":200,"message":"授权成功","sk":"secret","access_token":"T""#, []),
        (#""uid_all":[1],"to_fd":2,"fd_all":[3]"#, []),
        (#""\u0069d":1,"u\u0069d":"0","s\u006b":"x","c\u006fde":1,"mess\u0061ge":2"#, []),
        (#""code":1,"x":2,"sk":3,"y":4"#, [#""x":2"#, #""y":4"#]), (#""\ud800":1"#, [#""\ud800":1"#]),
        ("\"s\u{212A}\":1", ["\"s\u{212A}\":1"]),
        ("\"a\"\n:\t1", ["\"a\"\n:\t1"]),
    ]

    @Test(
        "further members are kept as written; those of the server and the secret ones are dropped",
        arguments: members
    )
    func keepsMembers(members: String, expected: [String]) {
        #expect(DecodedFrame(#"{"to_uid":9,\#(members),"content":1}"#) == .message(members: expected))
        #expect(DecodedFrame(#"{"content":1,"to_uid":9,"type":"chat",\#(members)}"#) == .message(members: expected))
    }

    @Test("the members of a datagram's envelope stay out of the message, in a datagram only")
    func envelope() throws {
        let own = #""means":"to_uid","request_id":"r","a\u0063k":"stored","reply":false"#
        let text = #"{"content":1,\#(own),"x":2,"client_id":"c"}"#
        try withText(text) { text in
            let scanner = JSONScanner()
            _ = try scanner.scan(text)
            func members(isEnvelope: Bool) throws -> [String] {
                try MessageBody(scanner.members, in: text, isEnvelope: isEnvelope).members
                    .map { String(decoding: text[$0], as: UTF8.self) }
            }
            #expect(try members(isEnvelope: true) == [#""x":2"#])
            #expect(try members(isEnvelope: false) == own.split(separator: ",").map(String.init) + [#""x":2"#])
        }
    }

    @Test("client_id does not travel")
    func clientID() {
        #expect(
            DecodedFrame(#"{"to_uid":9,"content":1,"client_id":"c","x":1}"#)
                == .message(members: [#""x":1"#], clientID: "c")
        )
    }

    @Test("a body of a content alone has nothing else")
    func contentAlone() {
        withText(#"{"a":1}"#) { text in
            let body = MessageBody(type: "chat", content: text)
            #expect(body.type == "chat" && body.members.isEmpty && body.content == 0..<7)
            #expect(throws: Never.self) { try body.checkType(accepted: []) }
        }
    }

    @Test("the reserved types are those of the protocol")
    func reservedTypes() {
        let names = "login ping pong ack error read receipt history unread online kick typing recall edit gap"
        #expect(MessageBody.reservedTypes == Set(names.split(separator: " ").map(String.init)))
    }
}
