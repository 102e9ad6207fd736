// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PushCore

@Suite("What is known of apps of another system")
struct AppCacheTableTests {
    private func table(capacity: Int = 10) -> AppCacheTable {
        AppCacheTable(lifetime: 100, missLifetime: 10, failureLifetime: 5, ahead: 20, capacity: capacity)
    }

    private func due(_ table: AppCacheTable, uptime: Int64) -> [String] {
        table.due(in: 0..<100, uptime: uptime).map(\.id)
    }

    @Test("an app counts by both names until its time is over", arguments: [AppName.key("k"), .id("1")])
    func lifetime(name: AppName) {
        var table = self.table()
        #expect(table.answer(name, uptime: 0) == .outdated(id: nil))
        #expect(table.found(id: "1", key: "k", uptime: 0).former == nil)
        #expect(table.answer(name, uptime: 99) == .known(id: "1"))
        #expect(table.answer(name, uptime: 100) == .outdated(id: "1"))
    }

    @Test("an app is due before its time is over, slice by slice, and it is said whether somebody has wanted it")
    func due() {
        var table = self.table()
        for id in ["1", "2", "3"] { _ = table.found(id: id, key: "k\(id)", uptime: 0) }
        #expect(self.due(table, uptime: 79) == [])
        #expect(self.due(table, uptime: 80) == ["1", "2", "3"])
        #expect(table.due(in: 2..<10, uptime: 80).map(\.id) == ["3"] && table.due(in: 3..<10, uptime: 80) == [])
        table.noteUse(of: "2")
        #expect(table.due(in: 0..<10, uptime: 80).map(\.wasUsed) == [false, true, false])
        _ = table.found(id: "2", key: "k2", uptime: 80)
        #expect(self.due(table, uptime: 80) == ["1", "3"])
        #expect(table.due(in: 0..<10, uptime: 200).map(\.wasUsed) == [false, false, false])
        #expect(table.isMissing(.id("1"), uptime: 80) == "1")
        #expect(self.due(table, uptime: 80) == ["3"])
    }

    @Test("a name that nobody could answer for is not asked for at once again")
    func unanswered() {
        var table = self.table()
        table.failed(.key("k"), uptime: 0)
        #expect(table.answer(.key("k"), uptime: 4) == .unanswered)
        #expect(table.answer(.key("k"), uptime: 5) == .outdated(id: nil))
        table.failed(.key("k"), uptime: 5)
        _ = table.found(id: "1", key: "k", uptime: 6)
        #expect(table.answer(.key("k"), uptime: 6) == .known(id: "1"))
    }

    @Test("where nobody answers, an app counts a little longer")
    func failed() {
        var table = self.table()
        _ = table.found(id: "1", key: "k", uptime: 0)
        table.failed(.key("k"), uptime: 100)
        #expect(table.answer(.id("1"), uptime: 109) == .known(id: "1"))
        #expect(table.answer(.id("1"), uptime: 110) == .outdated(id: "1"))
        _ = table.found(id: "1", key: "k", uptime: 110)
        table.failed(.key("k"), uptime: 111)
        #expect(table.answer(.id("1"), uptime: 209) == .known(id: "1"), "and never less than it would have")
    }

    @Test("a name that is nobody's is remembered for its own time, and forgotten when somebody has it")
    func missing() {
        var table = self.table()
        #expect(table.isMissing(.key("k"), uptime: 0) == nil)
        #expect(table.answer(.key("k"), uptime: 9) == .missing)
        #expect(table.answer(.key("k"), uptime: 10) == .outdated(id: nil))
        _ = table.isMissing(.key("k"), uptime: 20)
        _ = table.found(id: "1", key: "k", uptime: 21)
        #expect(table.answer(.key("k"), uptime: 22) == .known(id: "1"))
        #expect(table.isMissing(.id("1"), uptime: 30) == "1")
        #expect(table.count == 0)
    }

    @Test("a key that another app has now is not the first one's any more")
    func movedKey() {
        var table = self.table()
        _ = table.found(id: "1", key: "k", uptime: 0)
        #expect(table.found(id: "2", key: "k", uptime: 0).former == "1")
        #expect(table.answer(.id("1"), uptime: 1) == .outdated(id: nil))
        #expect(table.found(id: "2", key: "other", uptime: 1).former == nil)
        #expect(table.answer(.key("k"), uptime: 2) == .outdated(id: nil))
        #expect(table.answer(.key("other"), uptime: 2) == .known(id: "2"))
    }

    @Test("the oldest one that nobody is connected to makes room")
    func capacity() {
        var table = self.table(capacity: 2)
        for (time, id) in ["1", "2"].enumerated() {
            _ = table.found(id: id, key: "k\(id)", uptime: Int64(time))
        }
        #expect(Set(table.found(id: "3", key: "k3", uptime: 2).candidates) == ["1", "2"])
        #expect(table.makeRoom(among: ["2"]) == ["2"])
        #expect(table.found(id: "4", key: "k4", uptime: 3).candidates.count == 2)
        #expect(table.makeRoom(among: []) == [], "nobody is thrown out")
        #expect(table.count == 3)
        #expect(table.found(id: "5", key: "k5", uptime: 4).candidates.count == 3)
        #expect(table.makeRoom(among: ["4", "1", "3"]) == ["1", "3"], "the oldest ones, and no more than have to")
        #expect(table.count == 2)
        #expect(table.found(id: "4", key: "k4", uptime: 5).candidates == [])
    }

    @Test("a few are looked at for room each time, and all of them in turn")
    func candidates() {
        var table = self.table(capacity: 100)
        for number in 0..<100 { _ = table.found(id: "\(number)", key: "k\(number)", uptime: 0) }
        var seen: Set<String> = []
        for number in 100..<110 {
            let candidates = table.found(id: "\(number)", key: "k\(number)", uptime: 0).candidates
            #expect(15...AppCacheTable.candidates ~= candidates.count)
            seen.formUnion(candidates)
        }
        #expect(seen.isSuperset(of: (0..<100).map { "\($0)" }))
    }

    @Test("names that are nobody's do not pile up")
    func manyMisses() {
        var table = self.table(capacity: 3)
        for number in 0..<100 { _ = table.isMissing(.id("\(number)"), uptime: 0) }
        #expect((0..<100).count { table.answer(.id("\($0)"), uptime: 1) == .missing } == 3)
        _ = table.isMissing(.id("500"), uptime: 20)
        #expect(table.answer(.id("500"), uptime: 21) == .missing)
    }
}
