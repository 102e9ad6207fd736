// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushTesting
import Testing

@Suite("HTTP: /chat/send", .timeLimit(.minutes(1)))
struct SendTests {
    /// The ways to say the same.
    struct Way: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let method: String
        let target: String
        var headers: [String: String] = [:]
        var body: String?
    }

    private static let bearer = ["Authorization": "Bearer \(RunningProxy.key)"]
    private static let form = "application/x-www-form-urlencoded"

    static let ways: [Way] = [
        Way(
            testDescription: "a query", method: "GET",
            target: "/chat/send?sk=\(RunningProxy.key)&to_uid=1&content=a%20b&uid=9&type=note"),
        Way(
            testDescription: "a query and a key in the header", method: "GET",
            target: "/chat/send?to_uid=1&content=a+b&uid=9&type=note", headers: Self.bearer),
        Way(
            testDescription: "a query of a POST", method: "POST",
            target: "/chat/send?to_uid=1&content=a+b&uid=9&type=note", headers: Self.bearer, body: ""),
        Way(
            testDescription: "a form", method: "POST", target: "/chat/send", headers: ["Content-Type": Self.form],
            body: "sk=\(RunningProxy.key)&to_uid=1&content=a+b&uid=9&type=note"
        ),
        Way(
            testDescription: "a form that does not say so", method: "POST", target: "/chat/send",
            body: "sk=\(RunningProxy.key)&to_uid=1&content=a%20b&uid=9&type=note"
        ),
        Way(
            testDescription: "JSON", method: "POST", target: "/chat/send",
            headers: ["Content-Type": "application/json; charset=utf-8"],
            body:
                #"{"sk":"\#(RunningProxy.key)","to_uid":"1","content":{"type":"text","value":"a b"},"uid":9,"type":"note"}"#
        ),
        Way(
            testDescription: "JSON that does not say so, and a query beneath it", method: "POST",
            target: "/chat/send?to_uid=2&uid=8&type=note", headers: Self.bearer,
            body: #" {"to_uid":1,"content":{"type":"text","value":"a b"},"uid":"9"}"#
        ),
    ]

    @Test("a query, a form and JSON say the same, and the answer says what was sent", arguments: ways)
    func sends(by way: Way) async throws {
        try await RunningProxy.run(queueLimit: 1 << 20) { proxy in
            let client = try await proxy.running.logIn("1")
            let reply = try await proxy.ask(way.method, way.target, way.headers, body: way.body)
            let id = try #require(try reply.answer().data?.id)
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"] == "application/json; charset=utf-8")
            #expect(reply.headers["cache-control"] == "no-store")
            let text =
                #"{"message":"send请求成功","code":200,"data":{"id":"\#(id)","to_uid":"1","type":"note","uid":"9","#
                + #""time":1600000000,"content":{"type":"text","value":"a b"},"onLine":1}}"#
            #expect(reply.text == text)
            let frame =
                #"{"id":"\#(id)","uid":"9","to_uid":"1","type":"note","time":1600000000,"state":1,"#
                + #""content":{"type":"text","value":"a b"}}"#
            #expect(try await client.texts() == [frame])
        }
    }

    @Test("what is not said is filled in: the system, and chat; an offline user is said to be so")
    func defaults() async throws {
        try await RunningProxy.run { proxy in
            let answer = try await proxy.post("/chat/send", #"{"to_uid":"1","content":1}"#).answer()
            let expected = Answer.Sent(
                id: answer.data?.id, uid: "0", type: "chat", time: 1_600_000_000, onLine: 0, stored: false
            )
            #expect(answer.data == expected)
        }
    }

    @Test("a message may be for at most a hundred users")
    func manyUsers() async throws {
        try await RunningProxy.run { proxy in
            let clients = [try await proxy.running.logIn("1", on: 0), try await proxy.running.logIn("2", on: 1)]
            let uids = (1...100).map { #""\#($0)""# }.joined(separator: ",")
            let reply = try await proxy.post("/chat/send", #"{"to_uid":[\#(uids)],"content":1}"#)
            #expect(reply.text.contains(#""to_uid":[\#(uids)]"#))
            for (client, uid) in zip(clients, ["1", "2"]) {
                try await Eventually.holds("\(uid) has it") { try await client.texts().count == 1 }
                #expect(try await FrameMembers(client.texts()[0]).recipient == uid)
            }
            #expect(try await proxy.post("/chat/send", #"{"to_uid":[\#(uids),"x"],"content":1}"#).status == 400)
        }
    }

    static let contents: [(query: String, json: String)] = [
        ("hi", #"{"type":"text","value":"hi"}"#), ("%7B%22a%22%3A+1%7D", #"{"a": 1}"#), ("%5B1%2C2%5D", "[1,2]"),
        ("%7Bbroken", #"{"type":"text","value":"{broken"}"#), ("%5B", #"{"type":"text","value":"["}"#),
        ("7", #"{"type":"text","value":"7"}"#), ("%22x%22", #"{"type":"text","value":"\"x\""}"#),
        ("+%7B%7D", #"{"type":"text","value":" {}"}"#), ("", #"{"type":"text","value":""}"#),
        ("%F0%9F%98%80%0A%5C", #"{"type":"text","value":"😀\n\\"}"#), ("%00", #"{"type":"text","value":"\u0000"}"#),
        ("%27%3B+DROP+TABLE+chat%3B--", #"{"type":"text","value":"'; DROP TABLE chat;--"}"#),
        (
            String(repeating: "%5B", count: 65) + String(repeating: "%5D", count: 65),
            #"{"type":"text","value":"\#(String(repeating: "[", count: 65) + String(repeating: "]", count: 65))"}"#
        ),
    ]

    @Test("the content of a query is JSON where it looks like JSON and is, and otherwise a text", arguments: contents)
    func queryContent(query: String, json: String) async throws {
        try await RunningProxy.run { proxy in
            let client = try await proxy.running.logIn("1")
            let target = "/chat/send?sk=\(RunningProxy.key)&to_uid=1&content=\(query)"
            #expect(try await proxy.ask("GET", target).status == 200)
            #expect(try await client.texts().first?.hasSuffix(#""content":\#(json)}"#) == true)
        }
    }

    @Test(
        "the content of JSON is any value, and arrives byte for byte",
        arguments: [
            "1", "null", #""x""#, "[ 1 , { } ]", "1e400", #""\u0000\/\ud83d😀""#,
            #"{"b":1,  "a":123456789012345678901234567890}"#,
        ])
    func jsonContent(content: String) async throws {
        try await RunningProxy.run { proxy in
            let client = try await proxy.running.logIn("1")
            let reply = try await proxy.post("/chat/send", #"{"content":\#(content) ,"to_uid":"1"}"#)
            #expect(reply.text.contains(#""content":\#(content),"onLine":1"#))
            #expect(try await client.texts().first?.hasSuffix(#""content":\#(content)}"#) == true)
        }
    }

    static let refused: [(body: String, code: Int)] = [
        (#"{"content":1}"#, 400), (#"{"to_uid":"1"}"#, 400), (#"{"to_uid":"a b","content":1}"#, 400), ("{", 400),
        (#"{"to_uid":"1","content":1}{}"#, 400), (#"{"to_uid":"1","to_uid":"2","content":1}"#, 400), ("", 400),
        (#"{"to_uid":[],"content":1}"#, 400), (#"{"to_uid":"1","content":1,"type":"ack"}"#, 400), ("null", 400),
        (#"{"to_uid":"1","content":1,"type":"a b"}"#, 400), (#"{"to_uid":"1","content":1,"uid":"a b"}"#, 400),
        (#"{"to_uid":"1","content":1,"client_id":""}"#, 400), (#"{"to_uid":"1","content":1,"uid":{}}"#, 400),
        (#"{"to_uid":"1","content":1,"client_id":"\#(String(repeating: "c", count: 65))"}"#, 400),
        (#"{"to_uid":"1","content":\#(String(repeating: "[", count: 100_000))"#, 400),
        (#"{"to_uid":"1","content":"\#(String(repeating: "x", count: 65_535))"}"#, 413), ("[]", 400), ("\u{1}", 400),
    ]

    @Test("what cannot be sent is refused with its code, and reaches nobody", arguments: refused)
    func refuses(body: String, code: Int) async throws {
        try await RunningProxy.run { proxy in
            let client = try await proxy.running.logIn("1")
            let reply = try await proxy.post("/chat/send", body)
            #expect(try reply.answer().code == code)
            #expect(reply.text.hasSuffix(#""data":[]}"#))
            #expect(try await client.texts().isEmpty)
        }
    }

    @Test("content of exactly 64 KiB is sent")
    func largestContent() async throws {
        try await RunningProxy.run { proxy async throws in
            let content = "\"\(String(repeating: "x", count: 65_534))\""
            #expect(try await proxy.post("/chat/send", #"{"to_uid":"1","content":\#(content)}"#).status == 200)
        }
    }

    @Test("bytes that are no UTF-8 are refused, in a form and in JSON", arguments: ["application/json", "text/plain"])
    func notUTF8(type: String) async throws {
        try await RunningProxy.run { proxy in
            let client = try await proxy.connect()
            let head =
                "POST /chat/send?sk=\(RunningProxy.key) HTTP/1.1\r\nHost: a\r\nContent-Type: \(type)\r\nContent-Length: 4\r\n\r\n"
            try await client.send(Array(head.utf8) + [0x7B, 0xFF, 0xFE, 0x7D])
            #expect(try await client.reply().status == 400)
            await client.close()
        }
    }

    @Test("the same client_id is answered with the first id and not sent again, per sender")
    func clientID() async throws {
        try await RunningProxy.run { proxy in
            let client = try await proxy.running.logIn("1")
            let call = #"{"to_uid":"1","content":1,"client_id":"a","uid":"UID"}"#
            let first = try await proxy.post("/chat/send", call.replacing("UID", with: "7")).answer()
            let again = try await proxy.post("/chat/send", call.replacing("UID", with: "7")).answer()
            #expect(first.data?.id == again.data?.id)
            #expect(try await client.texts().count == 1)
            let other = try await proxy.post("/chat/send", call.replacing("UID", with: "8")).answer()
            #expect(other.data?.id != first.data?.id, "another sender's client_id is another name")
            #expect(try await client.texts().count == 2)
        }
    }

    @Test("ack=stored is answered 200 when the message is safe, not before")
    func stored() async throws {
        try await RunningProxy.run(queueLimit: 1 << 20) { proxy in
            let client = try await proxy.connect()
            try await client.request("GET", "/chat/send?sk=\(RunningProxy.key)&to_uid=1&content=a&ack=stored")
            let rows = try #require(await proxy.running.queue?.next(atMost: 10))
            #expect(rows.count == 1)
            Receipt.settle(rows.compactMap(\.receipt))
            let answer = try await client.reply().answer()
            #expect((answer.code, answer.data?.stored) == (200, nil))
            await client.close()
        }
    }

    @Test("ack=stored is answered 202 with the id where that takes more than five seconds")
    func storedLate() async throws {
        try await RunningProxy.run(queueLimit: 1 << 20) { proxy in
            let start = ContinuousClock.now
            let answer = try await proxy.post("/chat/send", #"{"to_uid":"1","content":1,"ack":"stored"}"#).answer()
            #expect(answer.code == 202)
            #expect(answer.data?.id?.utf8.count == 19)
            #expect(ContinuousClock.now - start >= .milliseconds(4_900))
        }
    }

    @Test("with a full archive a call that waits is refused 503, and one that does not is delivered")
    func full() async throws {
        try await RunningProxy.run(queueLimit: 10) { proxy in
            let client = try await proxy.running.logIn("1")
            #expect(
                try await proxy.post("/chat/send", #"{"to_uid":"1","content":1,"ack":"stored"}"#).answer().code == 503)
            #expect(
                try await proxy.post("/chat/send", #"{"to_uid":"1","content":1,"client_id":"a"}"#).answer().code == 503)
            #expect(try await client.texts().isEmpty)
            #expect(try await proxy.post("/chat/send", #"{"to_uid":"1","content":1}"#).answer().code == 200)
            #expect(try await client.texts().count == 1)
        }
    }
}
