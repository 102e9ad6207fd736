// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOWebSocket
import PushClient
import PushTesting
import Testing

/// What a client makes of what servers say: of this one in its dialects, of the seeds, and of none that means well.
@Suite struct ChannelsFramesTests {
    private static let greeting =
        #"{"event":"pusher:connection_established","data":"{\"socket_id\":\"1.2\",\"activity_timeout\":120}"}"#

    /// A client whose only member is `u1`.
    private func client(_ server: ScriptedServer) throws -> ChannelsClient {
        var options = PushServerProcess.options
        options.maximumMessageBytes = 64 << 10
        options.requestTimeout = .seconds(5)
        let app = AppCredentials(id: "1", key: "k", secret: "s")
        return try ChannelsClient(
            url: server.url, key: "k", authorizer: AppAuthorizer(app: app, userID: "u1"), options: options)
    }

    /// The frames of one dialect about a presence channel.
    struct Dialect: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let greeting: String
        let succeeded: String
        let added: String
        let removed: String
        let event: String
    }

    private static let dialects = [
        Dialect(
            testDescription: "pusher, webman-push", greeting: greeting,
            succeeded:
                #"{"event":"pusher_internal:subscription_succeeded","channel":"presence-r","data":"{\"presence\":{\"count\":1,\"ids\":[\"u1\"],\"hash\":{\"u1\":{\"n\":\"A\"}}}}"}"#,
            added:
                #"{"event":"pusher_internal:member_added","data":"{\"user_id\":\"u2\",\"user_info\":{\"n\":\"B\"}}","channel":"presence-r"}"#,
            removed:
                #"{"event":"pusher_internal:member_removed","data":"{\"user_id\":\"u2\"}","channel":"presence-r"}"#,
            event: #"{"event":"e","channel":"presence-r","data":"{\"t\":1}"}"#),
        Dialect(
            testDescription: "workbunny 2",
            greeting: #"{"event":"pusher:connection_established","data":{"socket_id":"a-b-c","activity_timeout":55}}"#,
            succeeded:
                #"{"channel":"presence-r","event":"pusher_internal:subscription_succeeded","data":"{\"presence\":{\"count\":1,\"ids\":[\"u1\"],\"hash\":{\"u1\":\"{\\\"n\\\":\\\"A\\\"}\"}}}"}"#,
            added:
                #"{"channel":"presence-r","event":"pusher_internal:member_added","data":{"id":"x","user_id":"u2","user_info":{"n":"B"}}}"#,
            removed:
                #"{"channel":"presence-r","event":"pusher_internal:member_removed","data":"{\"id\":\"x\",\"user_id\":\"u2\"}"}"#,
            event: #"{"channel":"presence-r","event":"e","data":{"t":1}}"#),
        Dialect(
            testDescription: "workbunny 3",
            greeting:
                #"{"appKey":"k","socketId":"a","timestamp":1,"event":"pusher:connection_established","data":{"socket_id":"a","activity_timeout":55}}"#,
            succeeded:
                #"{"appKey":"k","socketId":"a","timestamp":1,"channel":"presence-r","event":"pusher_internal:subscription_succeeded","data":{"presence":{"count":1,"ids":["u1"],"hash":{"u1":"{\"n\":\"A\"}"}}}}"#,
            added:
                #"{"appKey":"k","socketId":"a","timestamp":1,"channel":"presence-r","event":"pusher_internal:member_added","data":{"id":"x","user_id":"u2","user_info":"{\"n\":\"B\"}"}}"#,
            removed:
                #"{"appKey":"k","channel":"presence-r","event":"pusher_internal:member_removed","data":{"id":"x","user_id":"u2"}}"#,
            event: #"{"appKey":"k","socketId":"a","timestamp":1,"channel":"presence-r","event":"e","data":{"t":1}}"#),
    ]

    @Test(arguments: Self.dialects) func everyDialectIsUnderstood(_ dialect: Dialect) async throws {
        try await ScriptedServer.with { connection, _ in
            try await connection.send(dialect.greeting)
            _ = try await connection.receive()
            for frame in [dialect.succeeded, dialect.added, dialect.event, dialect.removed] {
                try await connection.send(frame)
            }
        } _: { server in
            try await self.client(server).whileConnected { client in
                let room = try await client.subscribe(to: "presence-r")
                #expect(try room.members["u1"]?.decode([String: String].self) == ["n": "A"])
                guard case .memberAdded(let added)? = try await room.next() else {
                    Issue.record("nobody was added")
                    return
                }
                #expect(added.id == "u2")
                #expect(try added.decode([String: String].self) == ["n": "B"])
                #expect(try await room.nextMessage()?.decode([String: Int].self) == ["t": 1])
                #expect(try await room.next() == .memberRemoved(added))
            }
        }
    }

    @Test func aPingIsAnswered() async throws {
        try await ScriptedServer.with { connection, _ in
            try await connection.send(Self.greeting)
            try await connection.send(#"{"event":"pusher:ping","data":{}}"#)
            let answer = try await connection.receive()
            try await connection.send(#"{"event":"heard","data":"\#(answer?.contains("pusher:pong") ?? false)"}"#)
        } _: { server in
            let client = try self.client(server)
            var notices = await client.notices().makeAsyncIterator()
            try await client.whileConnected { _ in
                let heard = try await notices.next()
                #expect(heard == .event(name: "heard", data: "true"))
            }
        }
    }

    @Test(arguments: [4001, 4009, 4099, 4301]) func aCloseCodeMayBeForGood(_ code: Int) async throws {
        try await ScriptedServer.with { connection, _ in
            try await connection.send(Self.greeting)
            try await connection.close(code: UInt16(code))
        } _: { server in
            let client = try self.client(server)
            try await client.connect()
            for try await state in await client.states() {
                guard case .refused(let error) = state else { continue }
                #expect(error.status == code)
                break
            }
        }
    }

    @Test(arguments: [1001, 1011, 4100, 4200]) func fromOthersTheClientComesBack(_ code: Int) async throws {
        try await ScriptedServer.with { connection, number in
            try await connection.send(Self.greeting)
            if number == 0 { try await connection.close(code: UInt16(code)) }
        } _: { server in
            let client = try self.client(server)
            var states = await client.states().makeAsyncIterator()
            try await client.whileConnected { _ in
                var seen: [ConnectionState] = []
                while seen.filter({ $0 == .connected }).count < 2, let state = try await states.next() {
                    seen.append(state)
                }
                #expect(seen.last == .connected)
            }
        }
    }

    @Test func anErrorThatAnnouncesTheEndCountsWithoutACloseFrame() async throws {
        try await ScriptedServer.with { connection, _ in
            try await connection.send(Self.greeting)
            _ = try await connection.receive()
            try await connection.send(#"{"event":"pusher:error","data":{"code":4003,"message":"disabled"}}"#)
            try await connection.channel.close()
        } _: { server in
            let client = try self.client(server)
            try await client.connect()
            await #expect { try await client.subscribe(to: "room") } throws: {
                let error = $0 as? PushClientError
                return error?.code == .refused && error?.status == 4003 && error?.message == "disabled"
            }
        }
    }

    @Test func aMessageThatIsTooLargeEndsTheConnectionAlone() async throws {
        try await ScriptedServer.with { connection, number in
            try await connection.send(Self.greeting)
            guard number == 0 else { return }
            let half = ByteBuffer(repeating: 0x20, count: 40 << 10)
            try await connection.send(WebSocketFrame(fin: false, opcode: .text, data: half))
            try await connection.send(WebSocketFrame(fin: true, opcode: .continuation, data: half))
        } _: { server in
            let client = try self.client(server)
            var states = await client.states().makeAsyncIterator()
            try await client.whileConnected { _ in
                var connected = 0
                while connected < 2, let state = try await states.next() { connected += state == .connected ? 1 : 0 }
                #expect(connected == 2)
            }
        }
    }

    @Test func nonsenseDoesNoHarm() async throws {
        let names = [
            "pusher:connection_established", "pusher:error", "pusher_internal:subscription_succeeded",
            "pusher_internal:member_added", "pusher_internal:member_removed", "pusher_internal:subscription_count",
            "pusher:signin_success", "pusher_internal:watchlist_events", "pusher:pong", "x", "",
        ]
        let values = [
            "null", "5", "-1e999", "99999999999999999999", #""""#, #""{""#, #""\ud800""#, "[]", "[[{}]]", "{}",
            #"{"presence":{"hash":[],"ids":{},"count":-1}}"#, #"{"presence":5}"#, #"{"user_id":{},"user_info":[]}"#,
            #"{"user_id":"x"}"#, #"{"code":"x","message":{}}"#, #"{"events":[{"name":5,"user_ids":5},null]}"#,
            #"{"socket_id":5,"activity_timeout":-5}"#, #"{"user_data":"{"}"#, #"{"user_data":{"id":[]}}"#,
            #"{"subscription_count":"many"}"#,
        ]
        try await ScriptedServer.with { connection, _ in
            try await connection.send(Self.greeting)
            _ = try await connection.receive()
            try await connection.send(
                #"{"event":"pusher_internal:subscription_succeeded","channel":"room","data":"{}"}"#)
            for name in names {
                for value in values {
                    try await connection.send(#"{"event":"\#(name)","channel":"room","data":\#(value)}"#)
                    try await connection.send(#"{"event":"\#(name)","data":\#(value)}"#)
                    try await connection.send(#"{"event":\#(value),"channel":\#(value)}"#)
                    try await connection.send(value)
                }
            }
            for text in ["", "{", "nonsense", String(repeating: "[", count: 60_000)] { try await connection.send(text) }
            try await connection.send(WebSocketFrame(fin: true, opcode: .binary, data: ByteBuffer(string: "x")))
            try await connection.send(#"{"event":"last","channel":"room","data":"end"}"#)
        } _: { server in
            try await self.client(server).whileConnected { client in
                let room = try await client.subscribe(to: "room")
                for try await case .message(let message) in room where message.name == "last" {
                    #expect(message.data == "end")
                    break
                }
                #expect(await client.socketID == "1.2")
            }
        }
    }

    @Test func whatNobodyTakesIsBoundedAndCounted() async throws {
        try await ScriptedServer.with { connection, _ in
            try await connection.send(Self.greeting)
            _ = try await connection.receive()
            try await connection.send(
                #"{"event":"pusher_internal:subscription_succeeded","channel":"room","data":"{}"}"#)
            for number in 0..<3000 { try await connection.send(#"{"event":"e","channel":"room","data":"\#(number)"}"#) }
            try await connection.send(#"{"event":"done","data":""}"#)
        } _: { server in
            let client = try self.client(server)
            let notices = await client.notices()
            try await client.whileConnected { client in
                let room = try await client.subscribe(to: "room")
                for try await case .event(name: "done", data: _) in notices { break }
                #expect(room.droppedEvents == 2000)
                #expect(try await room.nextMessage()?.data == "2000")
            }
        }
    }
}
