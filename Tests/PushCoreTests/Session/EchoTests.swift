// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

/// What a user's other terminals see of what one of them sends.
struct EchoTests {
    private let fixture = HubFixture(loops: 2)

    @Test(
        "Terminals that asked for it see what another terminal of the user sends, and the sending one does not",
        arguments: [0, 1])
    func echo(loop: Int) throws {
        let sender = self.fixture.logIn("a", source: "app", wantsEcho: true)
        let echo = self.fixture.logIn("a", source: "pc", wantsEcho: true, on: loop)
        let plain = self.fixture.logIn("a", source: "weixin", on: loop)
        let recipient = self.fixture.logIn("b", wantsEcho: true)
        sender.receive(#"{"to_uid":"b","content":1}"#)
        self.fixture.run()
        #expect(recipient.texts.count == 1)
        #expect(echo.texts == recipient.texts)
        #expect(plain.log.isEmpty)
        #expect(sender.log.isEmpty)
    }

    @Test("A message to oneself comes once to each terminal, with an echo or without")
    func toOneself() {
        let clients = [
            self.fixture.logIn("a", source: "app", wantsEcho: true),
            self.fixture.logIn("a", source: "pc", wantsEcho: true),
            self.fixture.logIn("a", source: "weixin"),
        ]
        clients[0].receive(#"{"to_uid":"a","content":1}"#)
        self.fixture.run()
        #expect(clients.map(\.texts.count) == [1, 1, 1])
    }

    @Test("What a backend sends in the user's name, and typing, is no echo")
    func notEchoed() {
        let sender = self.fixture.logIn("a", source: "app")
        let echo = self.fixture.logIn("a", source: "pc", wantsEcho: true)
        self.fixture.send("1", .init(sender: "a", recipients: .one("b")))
        sender.receive(#"{"type":"typing","to_uid":"b"}"#)
        self.fixture.run()
        #expect(echo.log.isEmpty)
    }

    @Test("The end of one echo leaves the others, whatever slot they stand in")
    func leaving() throws {
        let sender = self.fixture.logIn("a", source: "app")
        let first = self.fixture.logIn("a", source: "pc", wantsEcho: true)
        let second = self.fixture.logIn("a", source: "weixin", wantsEcho: true)
        first.disconnect()
        for content in 1...2 {
            sender.receive(#"{"to_uid":"b","content":\#(content)}"#)
            self.fixture.run()
        }
        #expect(second.texts.count == 2)
        second.disconnect()
        #expect(self.fixture.topics.names(of: .echo).isEmpty)
    }
}
