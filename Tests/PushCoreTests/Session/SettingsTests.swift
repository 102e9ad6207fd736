// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

@Suite("Settings that change while sessions are open")
struct SettingsTests {
    private static func message(_ type: String) -> String { #"{"to_uid":"2","type":"\#(type)","content":1}"# }

    @Test("types and rates hold from the next frame on, on every loop")
    func nextFrame() {
        let fixture = HubFixture(loops: 2)
        let clients = [fixture.logIn("1", on: 0), fixture.logIn("2", on: 1)]
        var chat = fixture.hub.chat
        chat.types = ["note"]
        chat.messageRate = .init(perSecond: 1, burst: 2)
        fixture.hub.update(chat: chat)
        fixture.run()
        #expect(fixture.hub.chat.types == ["note"])
        for client in clients {
            client.forget()
            client.receive(Self.message("chat"))
            for _ in 0..<3 { client.receive(Self.message("note")) }
            fixture.run()
            let errors = client.texts.filter { $0.contains(#""type":"error""#) }
            #expect(errors.count == 2)
            #expect(errors.first?.contains(#""code":400"#) == true)
            #expect(errors.last?.contains(#""code":429"#) == true)
        }
    }

    @Test("the heartbeat holds for sessions that are opened from then on")
    func heartbeat() {
        let fixture = HubFixture()
        let before = fixture.logIn("1")
        var chat = fixture.hub.chat
        chat.pingInterval = 2_000_000_000
        chat.idleTimeout = 5_000_000_000
        fixture.hub.update(chat: chat)
        fixture.run()
        let after = fixture.logIn("2")
        fixture.advance(by: .seconds(8))
        #expect(after.close?.code == .noSignOfLife)
        #expect(before.close == nil)
    }
}
