// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

@Suite("UDP: events to channels")
struct ToChannelTests {
    private func run(
        chatApp: String? = "1", _ body: (DatagramFixture, ChannelClient) throws -> Void
    ) throws {
        let hub = HubFixture(
            apps: [
                AppConfiguration(id: "1", key: "a", secret: "s", maximumEventBytes: 20),
                AppConfiguration(id: "2", key: "b", secret: "s"),
                AppConfiguration(id: "3", key: "c", secret: "s", isEnabled: false),
            ],
            chatApp: chatApp
        )
        let app = try #require(hub.hub.apps.app(id: "1"))
        let client = hub.connect(to: app)
        client.receive(#"{"event":"pusher:subscribe","data":{"channel":"room"}}"#)
        hub.run()
        _ = client.takeTexts()
        try DatagramFixture.run(hub: hub) { port in try body(port, client) }
    }

    private func ask(_ port: DatagramFixture, _ data: String) -> Reply {
        port.reply(to: DatagramFixture.command("to_channel", data))
    }

    @Test(
        "reach its subscribers, text as it was written and anything else as its JSON",
        arguments: [(#""te\"xt""#, #""te\"xt""#), (#"{"a" : 1}"#, #""{\"a\" : 1}""#), ("7", #""7""#)])
    func delivered(data: String, token: String) throws {
        try self.run { port, client in
            let reply = self.ask(port, #"{"channel":"room","event":"e","data":\#(data)}"#)
            #expect((reply.onLine, reply.code) == (1, 200))
            #expect(client.takeTexts() == [#"{"event":"e","channel":"room","data":\#(token)}"#])
        }
    }

    @Test("go to the app that is named, and to several channels")
    func app() throws {
        try self.run { port, client in
            #expect(self.ask(port, #"{"app":"2","channel":"room","event":"e","data":1}"#).onLine == 0)
            #expect(client.takeTexts() == [])
            #expect(self.ask(port, #"{"app":1,"channel":["other","room"],"event":"e","data":1}"#).onLine == 1)
            #expect(client.takeTexts().count == 1)
        }
        try self.run(chatApp: nil) { port, client in
            #expect(self.ask(port, #"{"channel":"room","event":"e","data":1}"#).code == 400)
            #expect(client.takeTexts() == [])
        }
        try self.run(chatApp: "3") { port, _ in
            #expect(self.ask(port, #"{"channel":"room","event":"e","data":1}"#).code == 403)
        }
    }

    @Test(
        "are refused with a reason",
        arguments: [
            (#"{"event":"e","data":1}"#, 400), (#"{"channel":[],"event":"e","data":1}"#, 400),
            (#"{"channel":"a b","event":"e","data":1}"#, 400), (#"{"channel":"room","data":1}"#, 400),
            (#"{"channel":"room","event":"","data":1}"#, 400),
            (#"{"channel":"room","event":"pusher_internal:member_removed","data":1}"#, 400),
            (#"{"channel":"room","event":"pusher:\u0301x","data":1}"#, 400), (#"{"channel":"room","event":"e"}"#, 400),
            (#"{"channel":"room","event":"e","data":"123456789012345678901"}"#, 413),
            (#"{"app":"9","channel":"room","event":"e","data":1}"#, 404),
            (#"{"app":"3","channel":"room","event":"e","data":1}"#, 403),
            (#"{"channel":["room","private-encrypted-x"],"event":"e","data":1}"#, 400),
        ])
    func refused(data: String, code: Int) throws {
        try self.run { port, client in
            #expect(self.ask(port, data).code == code)
            #expect(client.takeTexts() == [])
        }
    }
}
