// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

@Suite("HTTP: /chat/index, /chat/online, /chat/kick", .timeLimit(.minutes(1)))
struct BackendRoutesTests {
    @Test("an array of a hundred sends is done in order and answered in order")
    func hundredSends() async throws {
        try await RunningProxy.run { proxy in
            let client = try await proxy.running.logIn("1")
            let sends = (0..<100).map { #"{"to_uid":"1","content":\#($0)}"# }
            let reply = try await proxy.post("/chat/index", "[\(sends.joined(separator: ","))]")
            let answer = try reply.answer()
            #expect(answer.code == 200)
            #expect(reply.text.hasPrefix(#"{"message":"index请求成功","code":200,"data":[{"id":""#))
            let list = try #require(answer.list)
            #expect(list.count == 100)
            let frames = try await client.texts()
            #expect(frames.count == 100)
            for (index, frame) in frames.enumerated() {
                #expect(frame.hasSuffix(#""content":\#(index)}"#))
                #expect(try FrameMembers(frame).id == list[index].id)
            }
        }
    }

    @Test("all sends of an array are on their way before the first that is to be safe is waited for")
    func storedTogether() async throws {
        try await RunningProxy.run(queueLimit: 1 << 20) { proxy in
            let client = try await proxy.connect()
            let sends = (0..<3).map { #"{"to_uid":"1","content":\#($0),"ack":"stored"}"# }.joined(separator: ",")
            try await client.request("POST", "/chat/index?sk=\(RunningProxy.key)", body: "[\(sends)]")
            var rows: [ArchiveRow] = []
            while rows.count < 3 { rows += try #require(await proxy.running.queue?.next(atMost: 10)) }
            Receipt.settle(rows.compactMap(\.receipt))
            let list = try #require(try await client.reply().answer().list)
            #expect(list.map(\.id) == rows.map(\.id.text))
            #expect(list.allSatisfy { $0.code == nil })
            await client.close()
        }
    }

    @Test(
        "an array of a hundred and one, an empty one, and what is no array are refused as a whole",
        arguments: [101, 0, -1])
    func notAHundred(count: Int) async throws {
        try await RunningProxy.run { proxy in
            let client = try await proxy.running.logIn("1")
            let send = #"{"to_uid":"1","content":1}"#
            let array = "[\([String](repeating: send, count: max(0, count)).joined(separator: ","))]"
            #expect(try await proxy.post("/chat/index", count < 0 ? send : array).answer().code == 400)
            #expect(try await client.texts().isEmpty)
        }
    }

    @Test("a send that is refused has its error in its place, and the others are done")
    func mixed() async throws {
        try await RunningProxy.run { proxy in
            let client = try await proxy.running.logIn("1")
            let large = String(repeating: "x", count: 65_536)
            let body =
                #"[{"to_uid":"1","content":1},{"content":1},7,[],{"to_uid":"1","content":"\#(large)"},{"to_uid":"2","content":2}]"#
            let list = try #require(try await proxy.post("/chat/index", body).answer().list)
            #expect(list.map(\.code) == [nil, 400, 400, 400, 413, nil])
            #expect(list.map(\.onLine) == [1, nil, nil, nil, nil, 0])
            #expect(list[1].message == "to_uid is missing")
            #expect(try await client.texts().count == 1)
        }
    }

    @Test("/chat/online answers for each user asked for, once, in the order asked")
    func online() async throws {
        try await RunningProxy.run { proxy in
            _ = try await proxy.running.logIn("a")
            let target = "/chat/online?sk=\(RunningProxy.key)&uid="
            #expect(try await proxy.ask("GET", target + "b,a,b").text.hasSuffix(#""code":200,"data":{"b":0,"a":1}}"#))
            #expect(try await proxy.ask("GET", target + "b%2Ca").text.hasSuffix(#""data":{"b":0,"a":1}}"#))
            let hundred = (0..<100).map { "u\($0)" }.joined(separator: ",")
            #expect(try await proxy.ask("GET", target + hundred).status == 200)
            for uids in ["", ",", "a%20b", hundred + ",x"] {
                #expect(try await proxy.ask("GET", target + uids).answer().code == 400, "\(uids)")
            }
            #expect(try await proxy.ask("GET", "/chat/online?sk=\(RunningProxy.key)").answer().code == 400)
        }
    }

    @Test("/chat/kick ends the terminals of a user on every loop, or the one it names, and says how many")
    func kick() async throws {
        try await RunningProxy.run { proxy async throws in
            let app = try await proxy.running.logIn("1", source: "app", on: 0)
            let pc = try await proxy.running.logIn("1", source: "pc", on: 1)
            let one = try await proxy.post("/chat/kick", #"{"uid":"1","source":"pc","message":"bye"}"#)
            #expect(one.text == #"{"message":"kick请求成功","code":200,"data":{"closed":1}}"#)
            try await Eventually.holds("the terminal is closed") { try await pc.close()?.code.rawValue == 4010 }
            #expect(try await pc.texts() == [#"{"type":"kick","code":441,"message":"bye","data":[]}"#])
            #expect(try await app.close() == nil)
            #expect(try await proxy.ask("POST", "/chat/kick?sk=\(RunningProxy.key)&uid=1").answer().data?.closed == 1)
            #expect(try await app.close()?.code.rawValue == 4010)
            #expect(try await proxy.post("/chat/kick", #"{"uid":"1"}"#).answer().data?.closed == 0)
            for body in ["{}", #"{"uid":"a b"}"#, #"{"uid":""}"#] {
                #expect(try await proxy.post("/chat/kick", body).answer().code == 400)
            }
        }
    }

    @Test(
        "other paths and other methods are 404, in the form of all answers",
        arguments: [
            ("GET", "/chat"), ("GET", "/chat/"), ("GET", "/chat/sendx"), ("GET", "/chat/index"), ("GET", "/chat/kick"),
            ("POST", "/chat/online"),
            ("PUT", "/chat/send"), ("DELETE", "/chat/send"), ("PATCH", "/chat/kick"), ("POST", "/"),
            ("GET", "/../etc/passwd"), ("GET", "/%2e%2e/x"),
            ("GET", "/page.js.map"), ("PUT", "/chat/history"), ("TRACE", "/"), ("OPTIONS", "/chat/send"),
        ])
    func notFound(method: String, path: String) async throws {
        try await RunningProxy.run { proxy in
            let reply = try await proxy.ask(method, "\(path)?sk=\(RunningProxy.key)&uid=1&to_uid=1&content=a")
            #expect(try reply.answer().code == 404)
            #expect(reply.text == #"{"message":"Not Found","code":404,"data":[]}"#)
        }
    }
}
