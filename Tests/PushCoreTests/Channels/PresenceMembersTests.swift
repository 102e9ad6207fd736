// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@testable import PushCore

@Suite("The members of a presence channel")
struct PresenceMembersTests {
    private func member(_ id: String, info: String? = nil) -> PresenceMember { PresenceMember(id: id, info: info) }

    @Test("are users, however many connections they have")
    func users() {
        var members = PresenceMembers()
        #expect({ members.join(self.member("a", info: "1"), atMost: 10) == .first }())
        #expect({ members.join(self.member("b"), atMost: 10) == .first }())
        #expect({ members.join(self.member("a", info: "2"), atMost: 10) == .again }())
        #expect(members.count == 2)
        #expect(members.all.map(\.id) == ["a", "b"])
        #expect(members.all.map(\.info) == ["1", nil], "the first connection's words count")
        #expect({ !members.leave("a") }())
        #expect({ members.leave("a") }())
        #expect(members.all.map(\.id) == ["b"])
        #expect({ !members.leave("a") }(), "nobody leaves twice")
    }

    @Test("at the cap, whoever is there may come again, and nobody else")
    func cap() {
        var members = PresenceMembers()
        #expect({ members.join(self.member("a"), atMost: 1) == .first }())
        #expect({ members.join(self.member("b"), atMost: 1) == .full }())
        #expect({ members.join(self.member("a"), atMost: 1) == .again }())
        #expect(members.count == 1)
        #expect({ !members.leave("b") }())
        #expect({ !members.leave("a") }())
        #expect({ members.leave("a") }())
        #expect({ members.join(self.member("b"), atMost: 1) == .first }())
    }
}
