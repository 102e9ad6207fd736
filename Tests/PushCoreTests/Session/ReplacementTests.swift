// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting
import Testing

/// A second login at the same terminal, on the same loop and on another one.
struct ReplacementTests {
    private static let notice = [#"{"message":"该账号已在别处登录，您被踢下线","type":"login","code":441,"data":[]}"#]
    private static let terminal = TerminalDirectory.Terminal(uid: "a", source: "app")

    private func options(deviceToken: String? = nil) -> ChatSession.Options {
        ChatSession.Options(
            accessToken: AccessToken(token: "secret", uid: "a", source: "app").encoded(order: .tokenFirst),
            deviceToken: deviceToken
        )
    }

    @Test("The first is told and closed, the second logs in", arguments: [0, 1])
    func replaced(secondLoop: Int) throws {
        let fixture = HubFixture(loops: 2)
        let first = fixture.logIn("a")
        let second = fixture.connect(self.options(), on: secondLoop)
        fixture.run()
        #expect(first.texts == Self.notice)
        #expect(first.close == .init(.replaced, "replaced"))
        let answer = try second.log.members()[0]
        #expect(answer.code == 200)
        #expect(answer.message == "授权成功")
        #expect(second.close == nil)
        #expect(fixture.shard(0).counters.sessionsReplaced == 1)
    }

    @Test("The same device coming back closes its old connection without a word", arguments: [0, 1], ["device", nil])
    func sameDevice(secondLoop: Int, given: String?) throws {
        let fixture = HubFixture(loops: 2)
        fixture.store.grant(AccessToken(token: "secret", uid: "a", source: "app"))
        let first = fixture.connect(self.options(deviceToken: given))
        fixture.run()
        let deviceToken = try #require(try first.log.members()[0].data?.token)
        first.forget()
        let second = fixture.connect(self.options(deviceToken: deviceToken), on: secondLoop)
        fixture.run()
        #expect(first.texts.isEmpty)
        #expect(first.close == .init(.replaced, "replaced"))
        #expect(try second.log.members()[0].data?.token == deviceToken)
    }

    @Test(
        "Another device token, or none, is another device",
        arguments: [("one", "two"), ("one", nil), (nil, "two"), (nil, nil)])
    func otherDevice(first: String?, second: String?) {
        let fixture = HubFixture()
        let old = fixture.logIn("a", deviceToken: first)
        _ = fixture.logIn("a", deviceToken: second)
        #expect(old.texts == Self.notice)
    }

    @Test("The end of the old connection takes nothing from the new one, whenever it comes", arguments: [0, 1])
    func newOneStays(secondLoop: Int) {
        let fixture = HubFixture(loops: 2)
        let first = fixture.logIn("a")
        let second = fixture.logIn("a", on: secondLoop)
        first.disconnect()
        fixture.run()
        #expect(fixture.hub.terminals.session(of: Self.terminal) == second.sessionID)
        #expect(fixture.hub.isOnline("a"))
        // The old session's end is told too, as its own: the store compares sessions.
        #expect(
            Set(fixture.presence.changes) == [
                "+a/app#\(first.sessionID.rawValue)", "-a/app#\(first.sessionID.rawValue)",
                "+a/app#\(second.sessionID.rawValue)",
            ]
        )
        fixture.send("1", .init(sender: "b", recipients: .one("a")))
        fixture.run()
        #expect(second.texts.count == 1)
        #expect(first.texts == Self.notice, "nothing after its end")
        second.disconnect()
        fixture.run()
        #expect(!fixture.hub.isOnline("a"))
        #expect(fixture.presence.changes.last == "-a/app#\(second.sessionID.rawValue)")
    }

    @Test("The old connection closing by itself in the same moment takes nothing from the new one either")
    func closesMeanwhile() {
        let fixture = HubFixture(loops: 2)
        let first = fixture.logIn("a")
        let second = fixture.connect(self.options(), on: 1)
        fixture.run(loop: 1)
        // The letter that would end the first is under way.
        first.disconnect()
        fixture.run()
        #expect(first.texts.isEmpty)
        #expect(second.session?.isLoggedIn == true)
        #expect(fixture.hub.terminals.session(of: Self.terminal) == second.sessionID)
        #expect(fixture.hub.isOnline("a"))
    }

    @Test("What was published before the replacement still reaches the first, in front of the notice")
    func order() throws {
        let fixture = HubFixture()
        let first = fixture.logIn("a")
        let second = fixture.connect(self.options())
        fixture.send("1", .init(sender: "b", recipients: .one("a")))
        fixture.run()
        #expect(try first.log.members().map(\.type) == ["chat", "login"])
        #expect(try second.log.members().map(\.type) == ["login"])
    }

    @Test("Other terminals of the user stay, side by side")
    func sideBySide() {
        let fixture = HubFixture(loops: 2)
        let clients = ["app", "pc", "weixin"].enumerated().map { fixture.logIn("a", source: $1, on: $0 % 2) }
        fixture.send("1", .init(sender: "b", recipients: .one("a")))
        fixture.run()
        #expect(clients.map(\.texts.count) == [1, 1, 1])
        #expect(clients.allSatisfy { $0.close == nil })
        _ = fixture.logIn("a", source: "pc")
        #expect(clients.map { $0.close != nil } == [false, true, false])
    }

    @Test("Of many logins at one terminal in one turn, the last one stays")
    func manyAtOnce() {
        let fixture = HubFixture(loops: 2)
        fixture.store.grant(AccessToken(token: "secret", uid: "a", source: "app"))
        let clients = (0..<6).map { fixture.connect(self.options(), on: $0 % 2) }
        fixture.run()
        let open = clients.filter { $0.close == nil }
        #expect(open.count == 1)
        #expect(fixture.hub.terminals.session(of: Self.terminal) == open.first?.sessionID)
        #expect(clients.filter { $0.close != nil }.allSatisfy { $0.close == .init(.replaced, "replaced") })
        #expect((0..<2).map { fixture.shard($0).everyoneCount }.reduce(0, +) == 1)
        #expect((0..<2).map { fixture.shard($0).sessionCount }.reduce(0, +) == 1)
    }
}
