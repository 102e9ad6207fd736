// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing
import UDPIngest

@Suite("UDP: what can be asked for")
struct MeansTests {
    @Test("to_uid reaches every terminal of the uid, and nobody else", arguments: ["to_uid", "toUid", nil])
    func toUser(means: String?) throws {
        try DatagramFixture.run { port in
            let app = port.hub.logIn("1", source: "app")
            let pc = port.hub.logIn("1", source: "pc")
            let other = port.hub.logIn("2")
            let data = #"{"to_uid":"1","type":"chat","uid":"9","time":"1599877568","content":{"a" : [1,2]},"x":true}"#
            let reply = port.reply(to: DatagramFixture.command(means, data))
            #expect((reply.onLine, reply.code) == (1, 200))
            let id = try #require(reply.id)
            #expect(id.utf8.count == 19)
            let frame =
                #"{"id":"\#(id)","uid":"9","to_uid":"1","type":"chat","time":1599877568,"state":1,"#
                + #""content":{"a" : [1,2]},"x":true}"#
            #expect(app.texts == [frame])
            #expect(pc.texts == [frame])
            #expect(other.texts.isEmpty)
        }
    }

    @Test("what a message does not say is filled in: the system as the sender, now, and chat")
    func defaults() throws {
        try DatagramFixture.run { port in
            let client = port.hub.logIn("1")
            let id = try #require(port.reply(to: DatagramFixture.message()).id)
            let frame =
                #"{"id":"\#(id)","uid":"0","to_uid":"1","type":"chat","time":1600000000,"state":1,"content":{"v":1}}"#
            #expect(client.texts == [frame])
        }
    }

    @Test("a flat packet is to_uid with itself as data, and its envelope does not reach the client")
    func flat() throws {
        try DatagramFixture.run { port in
            let client = port.hub.logIn("1")
            let packet =
                #"{"sk":"123456","to_uid":1,"content":"hi","x":1,"request_id":"r","ack":"stored","reply":true}"#
            let reply = port.reply(to: packet)
            #expect((reply.onLine, reply.code, reply.requestID) == (1, 200, "r"))
            #expect(client.texts.count == 1)
            #expect(client.texts[0].hasSuffix(#""state":1,"content":"hi","x":1}"#))
        }
    }

    @Test("one message may be for at most a hundred users; each sees its own uid")
    func manyUsers() throws {
        try DatagramFixture.run { port in
            let one = port.hub.logIn("1")
            let two = port.hub.logIn("2")
            let uids = (1...100).map { #""\#($0)""# }.joined(separator: ",")
            #expect(port.reply(to: DatagramFixture.message(to: "[\(uids)]")).onLine == 1)
            let frames = [try FrameMembers(one.texts[0]), try FrameMembers(two.texts[0])]
            #expect(frames.map(\.recipient) == ["1", "2"])
            #expect(frames[0].id == frames[1].id)
            #expect(port.reply(to: DatagramFixture.message(to: #"[\#(uids),"101"]"#)).code == 400)
            #expect(one.texts.count == 1)
        }
    }

    @Test("to_uid_all reaches those it names with one frame that names nobody", arguments: ["to_uid_all", "toAll"])
    func toUsers(means: String) throws {
        try DatagramFixture.run { port in
            let clients = ["1", "2", "3"].map { port.hub.logIn($0) }
            let reply = port.reply(to: DatagramFixture.command(means, #"{"uid_all":["1",2,"none"],"content":1}"#))
            #expect((reply.onLine, reply.code) == (1, 200))
            #expect(clients.map(\.texts.count) == [1, 1, 0])
            #expect(clients[0].texts == clients[1].texts)
            #expect(!clients[0].texts[0].contains("to_uid"))
        }
    }

    @Test(
        "to_uid_all without a list, or with an empty one, reaches everybody",
        arguments: ["", #","uid_all":[]"#, #","uid_all":null"#, #","uid_all":"""#])
    func toEveryUser(list: String) throws {
        try DatagramFixture.run { port in
            let clients = [port.hub.logIn("1", source: "app"), port.hub.logIn("1", source: "pc"), port.hub.logIn("2")]
            #expect(port.reply(to: DatagramFixture.command("toAll", #"{"content":1\#(list)}"#)).onLine == 1)
            #expect(clients.map(\.texts.count) == [1, 1, 1])
        }
    }

    @Test("to_uid_all takes a thousand uids, and not one more")
    func thousandUsers() throws {
        try DatagramFixture.run { port in
            let uids = (1...1_000).map { #""\#($0)""# }.joined(separator: ",")
            #expect(
                port.reply(to: DatagramFixture.command("toAll", #"{"uid_all":[\#(uids)],"content":1}"#)).code == 200)
            #expect(
                port.reply(to: DatagramFixture.command("toAll", #"{"uid_all":[\#(uids),"x"],"content":1}"#)).code == 400
            )
        }
    }

    @Test("to_fd reaches one session and is not archived")
    func toSession() throws {
        try DatagramFixture.run(hub: HubFixture(archiving: .all, queueLimit: 1 << 20)) { port in
            let app = port.hub.logIn("1", source: "app")
            let pc = port.hub.logIn("1", source: "pc")
            let session = pc.sessionID.rawValue
            #expect(port.reply(to: DatagramFixture.command("to_fd", #"{"to_fd":\#(session),"content":1}"#)).onLine == 1)
            #expect(
                port.reply(to: DatagramFixture.command("to_fd", #"{"to_fd":"\#(session)","content":1}"#)).onLine == 1)
            #expect((app.texts.count, pc.texts.count) == (0, 2))
            #expect(!pc.texts[0].contains("to_uid"))
            #expect(port.hub.queue?.usedBytes == 0)
            #expect(port.reply(to: DatagramFixture.command("to_fd", #"{"to_fd":99999,"content":1}"#)).onLine == 0)
        }
    }

    @Test("to_fd_all reaches the sessions it names, and without names all of them, and is not archived")
    func toSessions() throws {
        try DatagramFixture.run(hub: HubFixture(loops: 2, archiving: .all, queueLimit: 1 << 20)) { port in
            let clients = [port.hub.logIn("1", on: 0), port.hub.logIn("2", on: 1), port.hub.logIn("3", on: 1)]
            let named = "[\(clients[0].sessionID.rawValue),\(clients[2].sessionID.rawValue),4000]"
            let some = port.reply(to: DatagramFixture.command("to_fd_all", #"{"fd_all":\#(named),"content":"some"}"#))
            #expect(some.onLine == 1)
            #expect(clients.map(\.texts.count) == [1, 0, 1])
            let all = port.reply(to: DatagramFixture.command("to_fd_all", #"{"fd_all":[],"content":"all"}"#))
            #expect(all.onLine == 1)
            #expect(clients.map(\.texts.count) == [2, 1, 2])
            #expect(port.hub.queue?.usedBytes == 0)
        }
    }

    @Test("a session that is not logged in is reached by nothing")
    func notLoggedIn() throws {
        try DatagramFixture.run { port in
            let stranger = port.hub.connect()
            let session = stranger.sessionID.rawValue
            #expect(port.reply(to: DatagramFixture.command("to_fd", #"{"to_fd":\#(session),"content":1}"#)).onLine == 0)
            #expect(port.reply(to: DatagramFixture.command("to_fd_all", #"{"content":1}"#)).onLine == 0)
            #expect(stranger.texts.isEmpty)
        }
    }

    @Test("is_on_line only asks", arguments: ["is_on_line", "isOnLine"])
    func isOnline(means: String) throws {
        try DatagramFixture.run { port in
            let client = port.hub.logIn("1")
            #expect(
                port.answer(to: DatagramFixture.command(means, #"{"to_uid":"1"}"#)) == [#"{"onLine":1,"code":200}"#])
            #expect(port.answer(to: DatagramFixture.command(means, #"{"to_uid":2}"#)) == [#"{"onLine":0,"code":200}"#])
            #expect(
                port.answer(to: DatagramFixture.command(means, #"{"to_uid":["2","1"]}"#)) == [
                    #"{"onLine":1,"code":200}"#
                ])
            #expect(client.texts.isEmpty)
            client.disconnect()
            #expect(
                port.answer(to: DatagramFixture.command(means, #"{"to_uid":"1"}"#)) == [#"{"onLine":0,"code":200}"#])
        }
    }

    @Test("kick ends all terminals of a user, or the one it names, with its message")
    func kick() throws {
        try DatagramFixture.run { port in
            let app = port.hub.logIn("1", source: "app")
            let pc = port.hub.logIn("1", source: "pc")
            let other = port.hub.logIn("2")
            let one = DatagramFixture.command("kick", #"{"uid":"1","source":"pc","message":"bye \"x\""}"#)
            #expect(port.answer(to: one) == [#"{"onLine":1,"code":200,"closed":1}"#])
            #expect(pc.texts == [#"{"type":"kick","code":441,"message":"bye \"x\"","data":[]}"#])
            #expect(pc.close?.code.rawValue == 4010)
            #expect(app.close == nil)
            #expect(
                port.answer(to: DatagramFixture.command("kick", #"{"uid":1}"#)) == [
                    #"{"onLine":1,"code":200,"closed":1}"#
                ])
            #expect(app.close?.code.rawValue == 4010)
            #expect(other.close == nil)
            #expect(
                port.answer(to: DatagramFixture.command("kick", #"{"uid":"1"}"#)) == [
                    #"{"onLine":0,"code":200,"closed":0}"#
                ])
            #expect(port.reply(to: DatagramFixture.command("kick", "{}")).code == 400)
        }
    }

    @Test("an offline recipient is told as such, and the message is archived all the same")
    func offline() throws {
        let hub = HubFixture(archiving: .all, queueLimit: 1 << 20)
        try DatagramFixture.run(hub: hub) { port in
            let reply = port.reply(to: DatagramFixture.message())
            #expect((reply.onLine, reply.code) == (0, 200))
            #expect(hub.queue?.usedBytes == ArchiveRow.cost(content: 7))
        }
    }

    @Test("an application's own command answers beside the others, and may take a name of theirs")
    func ownMeans() throws {
        try DatagramFixture.run(further: [ServerTime(), Shout()]) { port in
            #expect(
                port.answer(to: DatagramFixture.command("server_time", "{}")) == [
                    #"{"onLine":0,"code":200,"time":1600000000000}"#
                ])
            #expect(port.answer(to: DatagramFixture.command("shout", "{}")) == [#"{"onLine":1,"code":200}"#])
            #expect(port.answer(to: DatagramFixture.command("kick", "{}")) == [#"{"onLine":1,"code":200}"#])
            #expect(port.reply(to: DatagramFixture.command("is_on_line", #"{"to_uid":"1"}"#)).onLine == 0)
        }
        try DatagramFixture.run { port in
            #expect(port.reply(to: DatagramFixture.command("server_time", "{}")).code == 400)
        }
    }

    /// Says yes to everything.
    private struct Shout: Means {
        let names = ["shout", "kick"]

        func perform(_ request: MeansRequest, reply: @escaping (DatagramReply) -> Void) throws(FrameError) {
            reply(DatagramReply(isOnline: true))
        }
    }

    static let malformed: [String] = [
        "[]", "1", "\"x\"", "{", "{}", #"{"sk":"123456"}"#, #"{"sk":"123456","data":[]}"#,
        #"{"sk":"123456","data":{}}"#,
        #"{"sk":"123456","means":1,"data":{"to_uid":"1","content":1}}"#, DatagramFixture.command("nonsense", "{}"),
        DatagramFixture.command("to_channel", #"{"channel":"a"}"#),
        DatagramFixture.command("to_uid", #"{"to_uid":"1"}"#),
        DatagramFixture.command("to_uid", #"{"content":1}"#), DatagramFixture.message(to: "[]"),
        DatagramFixture.message(to: "1.5"), DatagramFixture.message(to: #""a b""#), DatagramFixture.message(to: "{}"),
        DatagramFixture.command("to_uid", #"{"to_uid":"1","content":1,"type":"ack"}"#),
        DatagramFixture.command("to_uid", #"{"to_uid":"1","content":1,"type":"push.x"}"#),
        DatagramFixture.command("to_uid", #"{"to_uid":"1","content":1,"time":"noon"}"#),
        DatagramFixture.command("to_uid", #"{"to_uid":"1","content":1,"uid":"a b"}"#),
        DatagramFixture.command("to_uid", #"{"to_uid":"1","content":1,"content":2}"#),
        DatagramFixture.command("to_fd", #"{"content":1}"#),
        DatagramFixture.command("to_fd", #"{"to_fd":-1,"content":1}"#),
        DatagramFixture.command("to_fd", #"{"to_fd":[1,2],"content":1}"#),
        DatagramFixture.message(#"{"v":1}"#) + "{}", DatagramFixture.message("1", #","request_id":"""#),
        DatagramFixture.message("1", #","request_id":"\#(String(repeating: "r", count: 65))""#),
    ]

    @Test(
        "what is no command is refused with 400 or the least reply, delivered to nobody, and the next one is served",
        arguments: malformed)
    func refuses(datagram: String) throws {
        try DatagramFixture.run { port in
            let client = port.hub.logIn("1")
            let replies = port.answer(to: datagram)
            if datagram.utf8.count < 12 {
                #expect(replies.isEmpty)
            } else {
                let reply = try Reply.one(try #require(replies.first))
                #expect(reply.onLine == 0)
                #expect(reply.code == nil || reply.code == 400 || reply.code == 403)
            }
            #expect(client.texts.isEmpty)
            #expect(port.hub.shard().counters.datagramsRefused == 1)
            #expect(port.reply(to: DatagramFixture.message()).onLine == 1)
        }
    }

    @Test("white space around a command is allowed")
    func whiteSpace() throws {
        try DatagramFixture.run { port in
            #expect(port.reply(to: " \r\n" + DatagramFixture.message() + "\n").code == 200)
        }
    }
}
