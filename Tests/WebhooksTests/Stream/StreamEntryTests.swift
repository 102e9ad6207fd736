// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import RedisClient
import Testing

@testable import Webhooks

struct StreamEntryTests {
    private func read(_ fields: [RedisValue]) -> StreamEntry.Content {
        StreamEntry.read(fields, scanner: JSONScanner()) { $0 == "key" ? "1" : nil }
    }

    private func fields(_ name: String, _ data: String) -> [RedisValue] {
        ["name", name, "data", data, "time", "1795210475.0261"].map { .string(ByteBuffer(string: $0)) }
    }

    private static let events: [WebhookEvent] = [
        WebhookEvent(id: "i", app: "1", name: .channelOccupied, milliseconds: 1_795_210_045_007, channel: "ü\"\\"),
        WebhookEvent(
            id: "i", app: "1", name: .memberAdded, milliseconds: 1_795_210_045_999, channel: "presence-c", user: "u",
            data: #"{"n":"\u00e9"}"#),
        WebhookEvent(
            id: "i", app: "1", name: .clientEvent, milliseconds: 1, channel: "c", user: "u", socketID: "1.2",
            event: #""client-\"a""#, data: #"[1, 2.50, "é"]"#),
        WebhookEvent(id: "i", app: "1", name: .subscriptionCount, milliseconds: 0, channel: "c", count: 7),
        WebhookEvent(id: "i", app: "1", name: .userOffline, milliseconds: 1_795_210_045_100, user: "u"),
        WebhookEvent(id: "i", app: "1", name: .message, milliseconds: 5, user: "u", data: #"{"id":"1"}"#),
    ]

    @Test(arguments: events) func anEventComesBackAsItWas(_ event: WebhookEvent) {
        let fields = StreamEntry.fields(of: event, appKey: "key").map { argument -> RedisValue in
            switch argument {
            case .string(let text): .string(ByteBuffer(string: text))
            case .buffer(let buffer): .string(buffer)
            }
        }
        #expect(self.read(fields) == .event(event))
    }

    @Test func whatAnotherServerWroteIsRead() {
        let data =
            #"{"id":"2f2b6088-bc95-62cc-8b64-85e3ec066165","app_key":"key","channel":"presence-r","user_id":"u1","#
            + #""user_info":{"n":"A"},"time_ms":1795210480.147281}"#
        let expected = WebhookEvent(
            id: "2f2b6088-bc95-62cc-8b64-85e3ec066165", app: "1", name: .memberAdded,
            milliseconds: 1_795_210_480_147, channel: "presence-r", user: "u1", data: #"{"n":"A"}"#)
        #expect(self.read(self.fields("member_added", data)) == .event(expected))
    }

    @Test(
        arguments: [
            ("server_event", #"{"event":"pusher:pong","data":{},"id":"x","time_ms":1}"#),
            ("channel_occupied", #"{"id":"x\"","app_key":"key","channel":"c"}"#), ("channel_occupied", "[]"),
            ("channel_occupied", #"{"id":"a b","app_key":"other"}"#), ("channel_occupied", #"{"id":"x"}"#),
            ("channel_occupied", "{"), ("channel_occupied", ""), ("channel_occupied", #"{"app_key":"key"}"#),
            ("channel_occupied", #"{"app_key":"key","id":7}"#), ("channel_occupied", #"{"app_key":"key","id":""}"#),
            ("channel_occupied", #"{"app_key":"key","id":"x","time_ms":1e300}"#),
            ("channel_occupied", #"{"app_key":"key","id":"x","time_ms":-1}"#),
            ("nothing", #"{"app_key":"key","id":"x"}"#),
        ]
    )
    func whatNobodyCanSendIsForeign(_ name: String, _ data: String) {
        #expect(self.read(self.fields(name, data)) == .foreign)
    }

    @Test func anEventOfAnAppOfAnotherServerIsToldFromWhatIsForeign() {
        let data = #"{"id":"x","app_key":"other","channel":"c"}"#
        #expect(self.read(self.fields("channel_occupied", data)) == .unknownApp)
        #expect(self.read(self.fields("nothing", data)) == .foreign)
    }

    @Test func fieldsOfAnyShapeDoNoHarm() {
        let good = self.fields("channel_occupied", #"{"app_key":"key","id":"x"}"#)
        #expect(self.read(good) != .foreign)
        for fields in [
            [], Array(good.prefix(1)), Array(good.prefix(3)), [.null, .null], good.map { _ in RedisValue.integer(1) },
            [good[0], good[1], good[2], .string(ByteBuffer(bytes: [0x22, 0xFF]))],
        ] {
            #expect(self.read(fields) == .foreign)
        }
    }
}
