// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import NIOCore
import PushCore
import PushProtocol
import PushTesting
import Testing

@Suite("HTTP: /chat/history, /chat/unread", .timeLimit(.minutes(1)))
struct HistoryTests {
    private static let backend = ["Authorization": "Bearer \(RunningProxy.key)"]

    /// What stands in front of the data of an answer.
    private static func head(_ route: String) -> String { #"{"message":"\#(route)请求成功","code":200,"data":"# }

    /// Three messages between alice and bob, and one that is none of theirs.
    private static func archive() -> ScriptedHistory {
        let history = ScriptedHistory()
        history.append(ArchiveRow(test: 1, from: "alice", to: "bob", content: #"{"n": 1}"#, isDelivered: true))
        history.append(ArchiveRow(test: 2, from: "bob", to: "alice", type: "photo", content: "2"))
        history.append(ArchiveRow(test: 3, from: "carol", to: "bob", content: "3"))
        history.append(ArchiveRow(test: 4, from: "alice", to: "bob", content: "\"4\"", time: 1_600_000_000))
        return history
    }

    @Test("a history is what frames hold, newest first, content byte for byte")
    func shape() async throws {
        try await RunningProxy.run(history: Self.archive()) { proxy async throws in
            let reply = try await proxy.ask("GET", "/chat/history?uid=bob&with=alice", Self.backend)
            #expect(reply.status == 200)
            let messages = [
                #"{"id":"\#(MessageID.test(4).text)","uid":"alice","to_uid":"bob","type":"chat","time":1600000000,"state":0,"content":"4"}"#,
                #"{"id":"\#(MessageID.test(2).text)","uid":"bob","to_uid":"alice","type":"photo","time":1599877568,"state":0,"content":2}"#,
                #"{"id":"\#(MessageID.test(1).text)","uid":"alice","to_uid":"bob","type":"chat","time":1599877568,"state":1,"content":{"n": 1}}"#,
            ]
            let data = #"{"messages":[\#(messages.joined(separator: ","))],"more":false}"#
            #expect(reply.text == Self.head("history") + data + "}")
        }
    }

    @Test("a page of nothing is a page")
    func empty() async throws {
        try await RunningProxy.run(history: ScriptedHistory()) { proxy async throws in
            let history = try await proxy.ask("GET", "/chat/history?uid=bob&with=alice", Self.backend)
            #expect(history.text == Self.head("history") + #"{"messages":[],"more":false}}"#)
            let unread = try await proxy.ask("GET", "/chat/unread?uid=bob", Self.backend)
            #expect(unread.text == Self.head("unread") + "{}}")
        }
    }

    @Test("what is asked for reaches the archive, from a query, a form and JSON; the rest has defaults")
    func query() async throws {
        let history = Self.archive()
        try await RunningProxy.run(history: history) { proxy async throws in
            let id = MessageID.test(4)
            let target = "/chat/history?uid=bob&with=alice"
            _ = try await proxy.ask("GET", target, Self.backend)
            _ = try await proxy.ask("GET", "\(target)&before=\(id.text)&limit=2", Self.backend)
            _ = try await proxy.ask(
                "POST", "/chat/history", Self.backend, body: "uid=bob&with=alice&before=\(id.text)&limit=2")
            _ = try await proxy.post("/chat/history", #"{"uid":"bob","with":"alice","before":"\#(id.text)","limit":2}"#)
            let full = ConversationQuery(uid: "bob", peer: "alice", before: nil, limit: 50, bytes: 131_072)
            let part = ConversationQuery(uid: "bob", peer: "alice", before: id, limit: 2, bytes: 131_072)
            #expect(history.questions == [full, part, part, part].map { .conversation($0) })
        }
    }

    @Test("a page says that there is more, and its last id leads on")
    func pages() async throws {
        try await RunningProxy.run(history: Self.archive()) { proxy async throws in
            let target = "/chat/history?uid=bob&with=alice&limit=2"
            let first = try await proxy.ask("GET", target, Self.backend).text
            #expect(first.hasSuffix(#""more":true}}"#))
            let second = try await proxy.ask("GET", "\(target)&before=\(MessageID.test(2).text)", Self.backend).text
            #expect(second.contains(MessageID.test(1).text) && !second.contains(MessageID.test(2).text))
            #expect(second.hasSuffix(#""more":false}}"#))
        }
    }

    @Test(
        "what is no history is refused",
        arguments: [
            "uid=bob", "uid=bob&with=", "uid=bob&with=a%20b", "with=alice", "uid=&with=alice", "uid=b.b&with=alice",
            "uid=bob&with=alice&before=1", "uid=bob&with=alice&before=", "uid=bob&with=alice&before=x",
            "uid=bob&with=alice&limit=0", "uid=bob&with=alice&limit=101", "uid=bob&with=alice&limit=-1",
            "uid=bob&with=alice&limit=ten", "uid=bob&with=alice&limit=",
        ])
    func malformed(query: String) async throws {
        let history = Self.archive()
        try await RunningProxy.run(history: history) { proxy async throws in
            #expect(try await proxy.ask("GET", "/chat/history?\(query)", Self.backend).answer().code == 400)
            #expect(history.questions.isEmpty)
        }
    }

    @Test("what is not read is counted by peer, above the marks")
    func unread() async throws {
        let history = Self.archive()
        try await RunningProxy.run(history: history) { proxy async throws in
            let head = Self.head("unread")
            #expect(
                try await proxy.ask("GET", "/chat/unread?uid=bob", Self.backend).text == head
                    + #"{"alice":2,"carol":1}}"#)
            let mark = ReadMark(uid: "bob", peer: "alice", id: .test(1))
            try await history.markRead(mark, on: proxy.running.loops[0]).get()
            #expect(
                try await proxy.ask("GET", "/chat/unread?uid=bob", Self.backend).text == head
                    + #"{"alice":1,"carol":1}}"#)
            #expect(try await proxy.ask("GET", "/chat/unread", Self.backend).answer().code == 400)
        }
    }

    @Test("a user reads their own messages and nobody else's", arguments: ["/chat/history", "/chat/unread"])
    func users(path: String) async throws {
        let history = Self.archive()
        try await RunningProxy.run(history: history) { proxy async throws in
            let target = "\(path)?with=alice&access_token=\(proxy.running.accessToken(of: "bob"))"
            #expect(try await proxy.ask("GET", target).status == 200)
            #expect(try await proxy.ask("GET", "\(target)&uid=bob").status == 200)
            #expect(try await proxy.ask("GET", "\(target)&uid=alice").answer().code == 403)
            #expect(try await proxy.ask("GET", "\(path)?with=alice&uid=bob").answer().code == 401)
            #expect(history.questions.count == 2)
        }
    }

    @Test("what a user reads counts as what they send", arguments: ["/chat/history?with=alice", "/chat/unread?"])
    func rates(path: String) async throws {
        let chat = ChatConfiguration(messageRate: .init(perSecond: 1, burst: 3))
        try await RunningProxy.run(chat: chat, history: Self.archive()) { proxy async throws in
            let token = "&access_token=\(proxy.running.accessToken(of: "bob"))"
            #expect(try await proxy.ask("GET", "/chat/send?to_uid=alice&content=a\(token)").status == 200)
            #expect(try await proxy.ask("GET", path + token).status == 200)
            #expect(try await proxy.ask("GET", path + token).status == 200)
            #expect(try await proxy.ask("GET", path + token).answer().code == 429)
            for _ in 0..<4 { #expect(try await proxy.ask("GET", "\(path)&uid=bob", Self.backend).status == 200) }
        }
    }

    static let routes = ["/chat/history?uid=bob&with=alice", "/chat/unread?uid=bob"]

    @Test("where nothing is kept there is no history: 501", arguments: Self.routes)
    func noArchive(target: String) async throws {
        try await RunningProxy.run { proxy async throws in
            #expect(try await proxy.ask("GET", target, Self.backend).answer().code == 501)
        }
    }

    @Test("an archive that cannot be read is 503, and is asked again the next time", arguments: Self.routes)
    func away(target: String) async throws {
        let history = Self.archive()
        try await RunningProxy.run(history: history) { proxy async throws in
            history.isAway = true
            #expect(try await proxy.ask("GET", target, Self.backend).answer().code == 503)
            history.isAway = false
            #expect(try await proxy.ask("GET", target, Self.backend).status == 200)
        }
    }

    @Test("an archive that does not answer in time is 503, and its answer does no harm", arguments: Self.routes)
    func silent(target: String) async throws {
        let history = Self.archive()
        let configuration = HTTPProxyConfiguration(
            serverKeys: [RunningProxy.key], historyPatience: .milliseconds(20)
        )
        try await RunningProxy.run(configuration: configuration, history: history) { proxy async throws in
            history.behaviour = .holdsAnswers
            #expect(try await proxy.ask("GET", target, Self.backend).answer().code == 503)
            history.release()
            history.behaviour = .answers
            #expect(try await proxy.ask("GET", target, Self.backend).status == 200)
        }
    }

    @Test("behind an archive that stands still no more than 256 questions wait")
    func pileUp() async throws {
        let history = Self.archive()
        let configuration = HTTPProxyConfiguration(serverKeys: [RunningProxy.key], historyPatience: .milliseconds(1))
        try await RunningProxy.run(configuration: configuration, history: history) { proxy async throws in
            history.behaviour = .holdsQuestions
            let client = try await proxy.connect()
            for _ in 0..<300 {
                try await client.request("GET", "/chat/unread?uid=bob", Self.backend)
                #expect(try await client.reply().status == 503)
            }
            #expect(history.heldCount == 256)
            history.behaviour = .answers
            history.release()
            try await Eventually.holds("questions are put again") {
                try await client.request("GET", "/chat/unread?uid=bob", Self.backend)
                return try await client.reply().status == 200
            }
            await client.close()
        }
    }
}
