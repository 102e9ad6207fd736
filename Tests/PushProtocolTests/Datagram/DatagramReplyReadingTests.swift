// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Testing

@Suite("Datagram replies, read again")
struct DatagramReplyReadingTests {
    private static func decode(_ text: String) -> [DatagramReply]? {
        Array(text.utf8).withUnsafeBytes { DatagramReply.decode($0, scanner: JSONScanner()) }
    }

    static let replies = [
        DatagramReply(isOnline: true), DatagramReply(isOnline: false, code: 202, id: .test(1), requestID: "a\"b"),
        DatagramReply(FrameError(code: 413, message: "too \"large\""), requestID: "r"),
        DatagramReply(isOnline: true, id: .test(2), isStored: false),
        DatagramReply(isOnline: true, result: ("closed", ByteBuffer(string: "12"))),
    ]

    @Test("what is written is read as it was, alone and in an array", arguments: Self.replies)
    func roundTrip(reply: DatagramReply) {
        var text = ByteBuffer()
        reply.write(to: &text)
        let written = String(buffer: text)
        #expect(Self.decode(written) == [reply])
        #expect(Self.decode("[\(written),\(written)]") == [reply, reply])
    }

    @Test("the least reply is a refusal that says nothing")
    func least() {
        #expect(Self.decode(DatagramReply.least) == [DatagramReply(isOnline: false, code: 400)])
    }

    @Test(
        "what is no reply is none",
        arguments: [
            "", "1", "\"a\"", "{", "[1]", "[{},1]", #"{"code":1,"code":2}"#,
            "[\(String(repeating: "{},", count: 16)){}]",
        ])
    func none(text: String) {
        #expect(Self.decode(text) == nil)
    }

    @Test(
        "a reply with the wrong kinds of members has none of them",
        arguments: [#"{"onLine":"1","code":"200","id":7,"message":1,"request_id":2}"#, #"{"code":1e9,"id":"x"}"#])
    func wrongKinds(text: String) {
        #expect(Self.decode(text) == [DatagramReply(isOnline: false, code: 400)])
    }
}
