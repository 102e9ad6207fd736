// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Testing

@Suite("Datagram replies")
struct DatagramReplyTests {
    static let id = MessageID(rawValue: 1_952_257_861_484_937_216)

    private func written(_ reply: DatagramReply) -> String {
        var buffer = ByteBuffer(string: "before")
        buffer.moveReaderIndex(forwardBy: 6)
        reply.write(to: &buffer)
        return String(buffer: buffer)
    }

    static let replies: [(DatagramReply, String)] = [
        (DatagramReply(isOnline: true, id: id), #"{"onLine":1,"id":"1952257861484937216","code":200}"#),
        (DatagramReply(isOnline: false), #"{"onLine":0,"code":200}"#),
        (
            DatagramReply(isOnline: true, code: 202, id: id, requestID: "r"),
            #"{"onLine":1,"id":"1952257861484937216","code":202,"request_id":"r"}"#
        ),
        (DatagramReply(isOnline: true, isStored: true), #"{"onLine":1,"code":200}"#),
        (DatagramReply(isOnline: true, isStored: false), #"{"onLine":1,"code":200,"stored":false}"#),
        (DatagramReply(.forbidden("wrong sk")), #"{"onLine":0,"code":403,"message":"wrong sk"}"#),
        (
            DatagramReply(.malformed("a \"b\"\n"), requestID: "\"\u{0}é"),
            #"{"onLine":0,"code":400,"message":"a \"b\"\n","request_id":"\"\u0000é"}"#
        ),
        (
            DatagramReply(isOnline: true, result: (name: "sessions", json: ByteBuffer(string: "[1,2]"))),
            #"{"onLine":1,"code":200,"sessions":[1,2]}"#
        ),
    ]

    @Test("are the JSON of the protocol, to the byte", arguments: replies)
    func text(reply: DatagramReply, expected: String) {
        #expect(self.written(reply) == expected)
    }

    @Test("the least reply is that of the seed")
    func least() {
        #expect(DatagramReply.least == #"{"onLine":0}"#)
    }

    static let longMessages: [(String, Int)] = [
        (String(repeating: "x", count: 400), 400), (String(repeating: "x", count: 401), 400),
        (String(repeating: "\"", count: 500), 200), (String(repeating: "\u{0}", count: 500), 66),
        (String(repeating: "中", count: 500), 133), (String(repeating: "👨‍👩‍👧‍👦", count: 500), 16),
        ("ab" + String(repeating: "\u{301}", count: 900), 1),
    ]

    @Test("a long message is cut between two characters", arguments: longMessages)
    func cutsMessage(message: String, characters: Int) throws {
        let json = self.written(DatagramReply(.malformed(message)))
        let read = try withText(json) { text in
            let scanner = JSONScanner()
            _ = try scanner.scan(text)
            return scanner.members.string(.message, in: text)
        }
        #expect(read == String(message.prefix(characters)))
    }

    @Test("a result that does not fit is left out, the rest stays")
    func leavesOutResult() {
        func reply(_ count: Int, message: String? = nil) -> DatagramReply {
            DatagramReply(
                isOnline: true,
                message: message,
                result: (name: "r", json: ByteBuffer(string: "\"" + String(repeating: "x", count: count) + "\""))
            )
        }
        let rest = #"{"onLine":1,"code":200,"r":""}"#.utf8.count
        #expect(self.written(reply(1_023 - rest)).utf8.count == 1_023)
        #expect(self.written(reply(1_024 - rest)) == #"{"onLine":1,"code":200}"#)
        #expect(self.written(reply(100_000)) == #"{"onLine":1,"code":200}"#)
        #expect(self.written(reply(900, message: String(repeating: "m", count: 200))).hasSuffix("mmm\"}"))
    }

    @Test("a reply is valid JSON below 1,024 bytes, whatever stands in it")
    func limit() throws {
        try Fuzz.run("datagram replies") { generator in
            let count = generator.pick([0, 10, 64, 300, 1_200])
            let filler = generator.character()
            let characters = (0..<generator.below(count + 1)).map { _ in
                generator.once(in: 2) ? filler : generator.character()
            }
            return Array(String(characters).utf8)
        } check: { input, generator in
            let text = String(decoding: input, as: UTF8.self)
            let short = String(decoding: input.prefix(64), as: UTF8.self)
            var json = ByteBuffer()
            json.writeJSONString(generator.once(in: 2) ? text : short)
            let reply = DatagramReply(
                isOnline: generator.once(in: 2),
                code: generator.once(in: 2) ? .min : .max,
                id: generator.once(in: 2) ? MessageID(rawValue: .max) : nil,
                message: generator.once(in: 2) ? text : nil,
                requestID: generator.pick([nil, text, short]),
                isStored: generator.pick([nil, true, false]),
                result: generator.once(in: 2) ? (name: generator.once(in: 2) ? "result" : short + "x", json: json) : nil
            )
            let written = self.written(reply)
            try #require(written.utf8.count <= DatagramReply.maximumBytes && DatagramReply.maximumBytes < 1_024)
            try #require(scanError(written) == nil)
        }
    }

    @Test("are equal when every part is")
    func equality() {
        let result = (name: "r", json: ByteBuffer(string: "1"))
        let reply = DatagramReply(
            isOnline: true,
            code: 200,
            id: Self.id,
            message: "m",
            requestID: "r",
            isStored: false,
            result: result
        )
        #expect(reply == reply)
        let others: [(inout DatagramReply) -> Void] = [
            { $0.isOnline = false }, { $0.code = 202 }, { $0.id = nil }, { $0.message = nil }, { $0.requestID = "q" },
            { $0.isStored = nil },
            { $0.result = nil }, { $0.result?.name = "s" }, { $0.result?.json = ByteBuffer(string: "2") },
        ]
        for change in others {
            var other = reply
            change(&other)
            #expect(other != reply)
        }
    }
}
