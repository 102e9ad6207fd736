// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Testing

@Suite("Chat frames: history, unread, online, read")
struct HistoryFrameTests {
    /// The payload of a frame that must be one, and no longer.
    private static func text(_ frame: ByteBuffer) throws -> String {
        let frames = try ReceivedFrame.all(in: Array(frame.readableBytesView))
        #expect(frames.count == 1 && frames.first?.isText == true)
        return try #require(frames.first).text
    }

    private static func message(_ id: MessageID, uid: String = "1", content: String = "{}") -> HistoryMessage {
        HistoryMessage(
            id: id, uid: uid, toUID: "2", type: "chat", time: 1_599_877_568, isDelivered: false,
            content: ByteBuffer(string: content)
        )
    }

    @Test("a history names its peer, holds its messages, and repeats the client's id")
    func history() throws {
        let frame = ServerFrame.history(
            with: "2", messages: [Self.message(.test(2)), Self.message(.test(1))], hasMore: true, clientID: "c\"1"
        )
        let members = #""uid":"1","to_uid":"2","type":"chat","time":1599877568,"state":0,"content":{}}"#
        let messages = [MessageID.test(2), .test(1)].map { #"{"id":"\#($0.text)",\#(members)"# }.joined(separator: ",")
        #expect(
            try Self.text(frame)
                == #"{"type":"history","with":"2","messages":[\#(messages)],"more":true,"client_id":"c\"1"}"#)
    }

    @Test("a history of nothing")
    func empty() throws {
        let frame = ServerFrame.history(with: "2", messages: [], hasMore: false, clientID: nil)
        #expect(try Self.text(frame) == #"{"type":"history","with":"2","messages":[],"more":false}"#)
    }

    @Test("a row that another application wrote cannot break out of its message")
    func hostileRow() throws {
        let frame = ServerFrame.history(
            with: "2", messages: [Self.message(.test(1), uid: "\",\"code\":\"")], hasMore: false, clientID: nil
        )
        let text = try Self.text(frame)
        #expect(text.contains(#""uid":"\",\"code\":\"","to_uid""#))
        let isJSON = Array(text.utf8).withUnsafeBytes { (try? JSONScanner().scan($0)) != nil }
        #expect(isJSON)
    }

    @Test("a full page of the largest contents is one frame")
    func large() throws {
        let content = "\"\(String(repeating: "x", count: MessageBody.maximumContentBytes - 2))\""
        let messages = [Self.message(.test(2), content: content), Self.message(.test(1), content: content)]
        let text = try Self.text(ServerFrame.history(with: "2", messages: messages, hasMore: false, clientID: nil))
        #expect(text.utf8.count > HistoryMessage.maximumPageBytes)
        #expect(text.hasSuffix("x\"}],\"more\":false}"))
    }

    @Test("counts, presence, a read mark, and an archive that is away")
    func others() throws {
        #expect(
            try Self.text(ServerFrame.unread([(peer: "a", count: 2), (peer: "b", count: 10_000)], clientID: "c"))
                == #"{"type":"unread","data":{"a":2,"b":10000},"client_id":"c"}"#)
        #expect(try Self.text(ServerFrame.unread([], clientID: nil)) == #"{"type":"unread","data":{}}"#)
        #expect(
            try Self.text(ServerFrame.online([(uid: "a", isOnline: true), (uid: "b", isOnline: false)], clientID: nil))
                == #"{"type":"online","data":{"a":1,"b":0}}"#)
        #expect(
            try Self.text(ServerFrame.read(by: "a", id: .test(7)))
                == #"{"type":"read","uid":"a","id":"\#(MessageID.test(7).text)"}"#)
        #expect(try Self.text(ServerFrame.historyUnavailable) == #"{"type":"history","code":503}"#)
    }
}
