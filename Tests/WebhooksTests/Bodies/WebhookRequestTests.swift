// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import PushCore
import PushProtocol
import Testing
import Webhooks

/// What stands in a request, in each dialect.
struct WebhookRequestTests {
    private static let time: Int64 = 1_795_210_046_132

    private func receiver(_ dialect: Dialect, url: String = "http://a.example/hook") -> Receiver {
        Receiver(
            name: EndpointName(app: "1", url: url), key: "key", secret: "testsecret", dialect: dialect,
            headers: ["Authorization": "Bearer x"]
        )
    }

    private func body(_ events: [WebhookEvent], _ dialect: Dialect = .pusher) -> String {
        String(
            buffer: WebhookRequest(events, to: self.receiver(dialect), at: Self.time, id: "request").body)
    }

    private func app(_ kind: AppEvent.Kind, _ channel: String? = "presence-r") -> WebhookEvent {
        WebhookEvent(AppEvent(app: "1", milliseconds: 1_795_210_045_007, channel: channel, kind: kind), id: "id-1")
    }

    @Test(
        arguments: [
            (.channelOccupied, #"{"name":"channel_occupied","channel":"presence-r","id":"id-1"}"#),
            (.channelVacated, #"{"name":"channel_vacated","channel":"presence-r","id":"id-1"}"#),
            (
                .memberAdded(user: "u\"1", info: #"{"n":1}"#),
                #"{"name":"member_added","channel":"presence-r","user_id":"u\"1","id":"id-1"}"#
            ),
            (
                .memberRemoved(user: "u"),
                #"{"name":"member_removed","channel":"presence-r","user_id":"u","id":"id-1"}"#
            ),
            (
                .clientEvent(
                    name: ByteBuffer(string: #""client-a""#), data: ByteBuffer(string: #"{"é":[1,"x"]}"#),
                    socketID: "1.2", user: "u"),
                #"{"name":"client_event","channel":"presence-r","event":"client-a","data":"{\"é\":[1,\"x\"]}","#
                    + #""socket_id":"1.2","user_id":"u","id":"id-1"}"#
            ),
            (
                .clientEvent(
                    name: ByteBuffer(string: #""client-a""#), data: ByteBuffer(string: #""a\"b""#), socketID: "1.2",
                    user: nil),
                #"{"name":"client_event","channel":"presence-r","event":"client-a","data":"a\"b","socket_id":"1.2","#
                    + #""id":"id-1"}"#
            ),
            (.cacheMiss, #"{"name":"cache_miss","channel":"presence-r","id":"id-1"}"#),
            (
                .subscriptionCount(7),
                #"{"name":"subscription_count","channel":"presence-r","subscription_count":7,"id":"id-1"}"#
            ),
            (
                .serverEvent(name: "news", data: ByteBuffer(string: #""{}""#)),
                #"{"name":"server_event","channel":"presence-r","event":"news","data":"{}","id":"id-1"}"#
            ),
        ] as [(AppEvent.Kind, String)]
    )
    func aChannelsEventIsWrittenAsPusherHasIt(_ kind: AppEvent.Kind, _ expected: String) {
        #expect(self.body([self.app(kind)]) == #"{"time_ms":1795210046132,"events":["# + expected + "]}")
    }

    @Test(
        arguments: [
            (.userOnline("u"), #"{"name":"user_online","user_id":"u","id":"id-1"}"#),
            (.userOffline("u"), #"{"name":"user_offline","user_id":"u","id":"id-1"}"#),
            (
                .message(recipient: "u", frame: ByteBuffer(string: #"{"id":"1"}"#)),
                #"{"name":"message","data":"{\"id\":\"1\"}","user_id":"u","id":"id-1"}"#
            ),
            (
                .messageOffline(recipient: "u", frame: ByteBuffer(string: "{}")),
                #"{"name":"message_offline","data":"{}","user_id":"u","id":"id-1"}"#
            ),
        ] as [(AppEvent.Kind, String)]
    )
    func aChatsEventHasNoChannel(_ kind: AppEvent.Kind, _ expected: String) {
        #expect(self.body([self.app(kind, nil)]) == #"{"time_ms":1795210046132,"events":["# + expected + "]}")
    }

    @Test func aRequestSaysWhoseItIsAndIsSignedOverItsBody() {
        let request = WebhookRequest([self.app(.cacheMiss)], to: self.receiver(.pusher), at: Self.time, id: "r")
        #expect(request.url == "http://a.example/hook")
        #expect(request.headers["Content-Type"] == "application/json")
        #expect(request.headers["X-Pusher-Key"] == "key")
        #expect(request.headers["Authorization"] == "Bearer x")
        let signature = PusherSecret("testsecret").sign(String(buffer: request.body))
        #expect(request.headers["X-Pusher-Signature"] == signature)
    }

    @Test(arguments: [Dialect.pusher, .webmanPush, .workbunny2, .workbunny3])
    func anIDIsWrittenAsText(_ dialect: Dialect) throws {
        let event = WebhookEvent(id: "a\",\"b", app: "1", name: .cacheMiss, milliseconds: 1, channel: "c")
        let body = self.body([event], dialect)
        _ = try JSONSerialization.jsonObject(with: Data(body.utf8))
        #expect(!body.contains("\",\"b"))
    }

    @Test func webmansEventsHaveItsNamesAndTheTimeInSeconds() {
        let kinds: [AppEvent.Kind] = [
            .channelOccupied, .channelVacated, .memberAdded(user: "u", info: nil), .memberRemoved(user: "u"),
        ]
        #expect(
            self.body(kinds.map { self.app($0) }, .webmanPush)
                == #"{"time_ms":1795210046.132,"events":[{"id":"id-1","channel":"presence-r","name":"channel_added"},"#
                + #"{"id":"id-1","channel":"presence-r","name":"channel_removed"},"#
                + #"{"id":"id-1","channel":"presence-r","user_id":"u","name":"user_added"},"#
                + #"{"id":"id-1","channel":"presence-r","user_id":"u","name":"user_removed"}]}"#)
    }

    @Test func workbunnysEventsAreTextsInAList() throws {
        #expect(
            self.body([self.app(.memberAdded(user: "u1", info: #"{"n":"A"}"#))], .workbunny2)
                == #"{"time_ms":1795210046.132,"events":[{"name":"member_added","data":"{\"id\":\"id-1\","#
                + #"\"app_key\":\"key\",\"channel\":\"presence-r\",\"user_id\":\"u1\",\"user_info\":{\"n\":\"A\"},"#
                + #"\"time_ms\":1795210045.007}","time":"1795210045.007"}]}"#)
        let event = self.app(
            .clientEvent(
                name: ByteBuffer(string: #""client-x""#), data: ByteBuffer(string: #"{"t":"中"}"#), socketID: "1.2",
                user: nil))
        #expect(self.body([event], .workbunny3).contains(#"\"event\":\"client-x\",\"data\":{\"t\":\"中\"}"#))
    }

    @Test(
        arguments: [
            ("http://a.example/webhook", "http://a.example/webhook?id=r", "POST\n/webhook\nid=r\n"),
            ("http://a.example", "http://a.example?id=r", "POST\n/\nid=r\n"),
            (
                "http://a.example/w?z=1&a=b%20c&id=old&flag", "http://a.example/w?a=b+c&flag=&id=r&z=1",
                "POST\n/w\na=b+c&flag=&id=r&z=1\n"
            ),
        ]
    )
    func workbunnysSignatureCoversPathAndQuery(_ url: String, _ target: String, _ signed: String) {
        let receiver = self.receiver(.workbunny2, url: url)
        let request = WebhookRequest([self.app(.cacheMiss)], to: receiver, at: Self.time, id: "r")
        #expect(request.url == target)
        #expect(request.headers["sign"] == PusherSecret("testsecret").sign(signed + String(buffer: request.body)))
        #expect(request.headers["X-Pusher-Signature"] == nil)
    }

    /// What the other servers sent, byte for byte.
    @Test func signaturesAreThoseOfTheOtherServers() {
        let webman = #"{"time_ms":1795210046.132401,"events":[{"channel":"presence-r","name":"channel_added"}]}"#
        #expect(
            PusherSecret("testsecret").sign(webman)
                == "836579f91dbb1c662b5f45c80a88479c1e55defa45467b78d9413f33f72b7a9b")
        let workbunny =
            "POST\n/webhook\nid=1fcafdad-975d-9b80-e2a8-aedcc0561bf7\n"
            + #"{"time_ms":1795210312.024409,"events":[{"name":"channel_occupied","data":"{\"id\":"#
            + #"\"bf2740b3-5aee-9570-90a9-177a352fffc4\",\"app_key\":\"workbunny\",\"channel\":\"pub\","#
            + #"\"time_ms\":1795210311.999408}","time":"1795210311.9994"}]}"#
        #expect(
            PusherSecret("YOUR_WEBHOOK_SECRET").sign(workbunny)
                == "dbd618ddf524bbf1321925fe6d4d6a115d012b03e68cb88ac36f7312d0461635")
    }
}
