// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PushClient

@Suite struct WebhookTests {
    private let app = AppCredentials(id: "1", key: "k", secret: "testsecret")
    private let body =
        #"{"time_ms":1795210046132,"events":[{"name":"member_added","channel":"presence-r","user_id":"7","id":"e1"},"#
        + #"{"name":"client_event","event":"client-x","data":{"a":1}},{"noname":1},5]}"#

    private func webhook(
        signature: String? = nil, key: String = "k", at now: Int = 1_795_210_046_132, body: String? = nil
    ) throws(PushClientError) -> Webhook {
        let body = body ?? self.body
        return try Webhook(
            verifying: body.utf8, key: key, signature: signature ?? self.app.signature(of: body.utf8), apps: [self.app],
            maximumAge: .seconds(300), now: now)
    }

    @Test func aSignatureIsThatOfTheBody() {
        let body = #"{"time_ms":1795210046.132401,"events":[{"channel":"presence-r","name":"channel_added"}]}"#
        #expect(
            self.app.signature(of: body.utf8) == "836579f91dbb1c662b5f45c80a88479c1e55defa45467b78d9413f33f72b7a9b")
    }

    @Test func eventsAreRead() throws {
        let webhook = try self.webhook()
        #expect(webhook.key == "k")
        #expect(webhook.milliseconds == 1_795_210_046_132)
        #expect(webhook.events.map(\.name) == ["member_added", "client_event"])
        #expect(webhook.events[0].channel == "presence-r")
        #expect(webhook.events[0].userID == "7")
        #expect(webhook.events[0].id == "e1")
        #expect(webhook.events[1].data == #"{"a":1}"#)
    }

    @Test(arguments: ["", "zz", "00", String(repeating: "0", count: 64)])
    func anotherSignatureIsRefused(_ signature: String) {
        #expect { try self.webhook(signature: signature) } throws: { ($0 as? PushClientError)?.code == .refused }
    }

    @Test func anotherKeyIsRefused() {
        #expect { try self.webhook(key: "other") } throws: { ($0 as? PushClientError)?.code == .refused }
    }

    @Test(arguments: [-300_001, 300_001]) func anotherTimeIsRefused(_ offset: Int) {
        #expect { try self.webhook(at: 1_795_210_046_132 + offset) } throws: {
            ($0 as? PushClientError)?.code == .refused
        }
    }

    @Test(arguments: [-300_000, 300_000]) func aTimeWithinFiveMinutesIsTaken(_ offset: Int) throws {
        _ = try self.webhook(at: 1_795_210_046_132 + offset)
    }

    @Test(arguments: ["", "[]", "{}", #"{"time_ms":"x","events":[]}"#, #"{"time_ms":1}"#])
    func aSignedBodyThatMakesNoSenseIsRefused(_ body: String) {
        #expect { try self.webhook(body: body) } throws: { ($0 as? PushClientError)?.code == .malformed }
    }
}
