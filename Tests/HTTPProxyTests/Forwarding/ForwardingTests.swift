// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import PushCore
import PushProtocol
import PushTesting
import Testing

@Suite("The proxy alone: calls become datagrams", .timeLimit(.minutes(1)))
struct ForwardingTests {
    private static func run(
        chat: ChatConfiguration = ChatConfiguration(), history: (any MessageHistory)? = nil, limit: Int = 60 * 1024,
        _ body: (RunningProxy, FakeNode) async throws -> Void
    ) async throws {
        try await FakeNode.run { nodes async throws in
            let forwarding = ForwardingConfiguration(nodes: nodes.map(\.configuration), maximumDatagramBytes: limit)
            try await RunningProxy.run(forwardingTo: forwarding, chat: chat, history: history) { proxy async throws in
                try await body(proxy, nodes[0])
            }
        }
    }

    /// A text with every message id put as x.
    private static func masked(_ text: String) -> String {
        text.replacing(#/"[0-9]{19}"/#, with: "\"x\"")
    }

    static let calls: [(path: String, json: String)] = [
        ("/chat/send", #"{"to_uid":"1","content":{"a": 1},"uid":"7"}"#),
        ("/chat/send", #"{"to_uid":["1","2"],"content":"x","type":"note"}"#),
        ("/chat/send", #"{"to_uid":"1"}"#), ("/chat/send", #"{"to_uid":"1","content":1,"type":"login"}"#),
        ("/chat/send", #"{"to_uid":"1","content":1,"uid":"a b"}"#),
        ("/chat/index", #"[{"to_uid":"1","content":1},{"to_uid":"1"},{"to_uid":"1","content":[2]}]"#),
        ("/chat/index", "[]"), ("/chat/kick", #"{"uid":"a b"}"#), ("/chat/kick", "{}"),
    ]

    @Test("a call is answered as a server answers it", arguments: Self.calls)
    func sameAnswers(path: String, json: String) async throws {
        try await Self.run { forwarding, node in
            try await RunningProxy.run(queueLimit: 1 << 20) { server in
                let here = try await server.post(path, json)
                let there = try await forwarding.post(path, json)
                #expect(Self.masked(there.text) == Self.masked(here.text))
                #expect(there.status == here.status)
            }
        }
    }

    @Test("a message arrives as the call has it, content byte for byte, with the sender and the time of the call")
    func message() async throws {
        try await Self.run { proxy, node async throws in
            node.online = ["1"]
            let reply = try await proxy.post("/chat/send", #"{"to_uid":"1","content":{"a": 1.0},"uid":"7"}"#)
            #expect(try reply.answer().data?.onLine == 1)
            let done = try #require(node.done.first)
            #expect(done.means == "to_uid" && !done.waitsUntilStored && done.requestID != nil)
            #expect(
                done.data == #"{"to_uid":"1","uid":"7","type":"chat","time":1600000000,"content":{"a": 1.0}}"#)
        }
    }

    @Test("a hundred sends are done in order, at most sixteen in a datagram, and answered in order")
    func index() async throws {
        try await Self.run { proxy, node async throws in
            let sends = (0..<100).map { #"{"to_uid":"1","content":\#($0)}"# }.joined(separator: ",")
            let list = try #require(try await proxy.post("/chat/index", "[\(sends)]").answer().list)
            #expect(node.done.count == 100)
            for (index, done) in node.done.enumerated() { #expect(done.data.hasSuffix("\"content\":\(index)}")) }
            let ids = list.compactMap(\.id)
            #expect(Set(ids).count == 100 && ids == ids.sorted())
            #expect(node.datagrams.map(\.count) == [16, 16, 16, 16, 16, 16, 4])
        }
    }

    @Test("what does not fit beside others goes in a datagram of its own, what fits in none is 413")
    func sizes() async throws {
        try await Self.run(limit: 2048) { proxy, node async throws in
            let contents = [1_000, 1_000, 4_000, 10].map { "\"\(String(repeating: "x", count: $0))\"" }
            let sends = contents.map { #"{"to_uid":"1","content":\#($0)}"# }.joined(separator: ",")
            let list = try #require(try await proxy.post("/chat/index", "[\(sends)]").answer().list)
            #expect(list.map(\.code) == [nil, nil, 413, nil])
            #expect(node.datagrams.map(\.count) == [1, 2])
            let large = #"{"to_uid":"1","content":\#(contents[2])}"#
            #expect(try await proxy.post("/chat/send", large).answer().code == 413)
            let kick = #"{"uid":"1","message":\#(contents[2])}"#
            #expect(try await proxy.post("/chat/kick", kick).answer().code == 413)
            #expect(node.done.count == 3)
        }
    }

    @Test("a hundred users are asked for, sixteen in a datagram")
    func online() async throws {
        try await Self.run { proxy, node async throws in
            node.online = ["u3", "u99"]
            let uids = (0..<100).map { "u\($0)" }
            let reply = try await proxy.ask(
                "GET", "/chat/online?sk=\(RunningProxy.key)&uid=\(uids.joined(separator: ","))")
            let members = uids.map { "\"\($0)\":\(node.online.contains($0) ? 1 : 0)" }.joined(separator: ",")
            #expect(reply.text == #"{"message":"online请求成功","code":200,"data":{\#(members)}}"#)
            #expect(node.datagrams.map(\.count) == [16, 16, 16, 16, 16, 16, 4])
        }
    }

    @Test("a kick says how many sessions the node has closed")
    func kick() async throws {
        try await Self.run { proxy, node async throws in
            let reply = try await proxy.post("/chat/kick", #"{"uid":"1","source":"pc","message":"b\"ye"}"#)
            #expect(reply.text == #"{"message":"kick请求成功","code":200,"data":{"closed":2}}"#)
            #expect(node.done.map(\.data) == [#"{"uid":"1","source":"pc","message":"b\"ye"}"#])
        }
    }

    @Test("what a node refuses is refused with its code and its words", arguments: [400, 413, 429, 503])
    func refused(code: Int) async throws {
        try await Self.run { proxy, node async throws in
            node.faults.code = code
            let answer = try await proxy.post("/chat/send", #"{"to_uid":"1","content":1}"#).answer()
            #expect(answer.code == code)
            #expect(answer.message == "no, since \(code)")
        }
    }

    @Test("ack=stored is the node's to wait for: 200, or 202 with the id", arguments: [200, 202])
    func stored(code: Int) async throws {
        try await Self.run { proxy, node async throws in
            node.faults.code = code
            let answer = try await proxy.post("/chat/send", #"{"to_uid":"1","content":1,"ack":"stored"}"#).answer()
            #expect(answer.code == code)
            #expect(answer.data?.id?.utf8.count == 19)
            #expect(node.done.map(\.waitsUntilStored) == [true])
        }
    }

    @Test("a call with a client_id, made again, is the same command; another sender's is another")
    func clientID() async throws {
        try await Self.run { proxy, node async throws in
            let call = #"{"to_uid":"1","content":1,"client_id":"a","uid":"7"}"#
            let first = try await proxy.post("/chat/send", call).answer()
            let again = try await proxy.post("/chat/send", call).answer()
            #expect(first.data?.id != nil && first == again)
            #expect(node.done.count == 1)
            let other = call.replacing("\"7\"", with: "\"8\"")
            #expect(try await proxy.post("/chat/send", other).answer().data?.id != first.data?.id)
            let user = "/chat/send?to_uid=1&content=1&client_id=a&access_token=\(proxy.running.accessToken(of: "7"))"
            #expect(try await proxy.ask("GET", user).answer().data?.id != first.data?.id)
            #expect(Set(node.done.map(\.requestID)).count == 3)
        }
    }

    @Test("a user is checked as a server checks them: token, types, rates, what is a backend's")
    func users() async throws {
        let chat = ChatConfiguration(types: ["chat"], messageRate: .init(perSecond: 1, burst: 2))
        try await Self.run(chat: chat) { proxy, node async throws in
            let token = proxy.running.accessToken(of: "7")
            let send = "/chat/send?to_uid=1&content=a&uid=99&access_token="
            #expect(try await proxy.ask("GET", "\(send)nonsense").answer().code == 401)
            #expect(try await proxy.ask("GET", "\(send)\(token)&type=note").answer().code == 400)
            #expect(try await proxy.ask("GET", "/chat/online?uid=1&access_token=\(token)").answer().code == 403)
            #expect(try await proxy.ask("GET", send + token).answer().data?.uid == "7")
            #expect(try await proxy.ask("GET", send + token).answer().code == 200)
            #expect(try await proxy.ask("GET", send + token).answer().code == 429)
            #expect(node.done.count == 2)
            #expect(node.done.allSatisfy { $0.data.contains(#""uid":"7""#) })
        }
    }

    @Test("history comes from the archive of the proxy, or is 501; there is no page")
    func history() async throws {
        let history = ScriptedHistory()
        history.append(ArchiveRow(test: 1))
        let target = "/chat/unread?uid=bob&sk=\(RunningProxy.key)"
        try await Self.run(history: history) { proxy, node async throws in
            #expect(try await proxy.ask("GET", target).text.hasSuffix(#""data":{"alice":1}}"#))
            #expect(try await proxy.ask("GET", "/").status == 404)
            #expect(node.datagrams.isEmpty)
        }
        try await Self.run { proxy, node async throws in
            #expect(try await proxy.ask("GET", target).answer().code == 501)
        }
    }
}
