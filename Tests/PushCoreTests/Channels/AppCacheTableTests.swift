// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PushCore

@Suite("What is known of apps of another system")
struct AppCacheTableTests {
    private func table(capacity: Int = 10) -> AppCacheTable {
        AppCacheTable(lifetime: 100, missLifetime: 10, capacity: capacity)
    }

    @Test("an app counts by both names until its time is over", arguments: [AppName.key("k"), .id("1")])
    func lifetime(name: AppName) {
        var table = self.table()
        #expect(table.answer(name, uptime: 0) == .outdated(id: nil))
        #expect(table.found(id: "1", key: "k", uptime: 0) { _ in true } == [])
        #expect(table.answer(name, uptime: 99) == .known(id: "1"))
        #expect(table.answer(name, uptime: 100) == .outdated(id: "1"))
        #expect(table.outdated(uptime: 100).map(\.id) == ["1"])
    }

    @Test("where nobody answers, an app counts a little longer")
    func failed() {
        var table = self.table()
        _ = table.found(id: "1", key: "k", uptime: 0) { _ in true }
        table.failed(.key("k"), uptime: 100)
        #expect(table.answer(.id("1"), uptime: 109) == .known(id: "1"))
        #expect(table.answer(.id("1"), uptime: 110) == .outdated(id: "1"))
    }

    @Test("a name that is nobody's is remembered for its own time, and forgotten when somebody has it")
    func missing() {
        var table = self.table()
        #expect(table.isMissing(.key("k"), uptime: 0) == nil)
        #expect(table.answer(.key("k"), uptime: 9) == .missing)
        #expect(table.answer(.key("k"), uptime: 10) == .outdated(id: nil))
        _ = table.isMissing(.key("k"), uptime: 20)
        _ = table.found(id: "1", key: "k", uptime: 21) { _ in true }
        #expect(table.answer(.key("k"), uptime: 22) == .known(id: "1"))
        #expect(table.isMissing(.id("1"), uptime: 30) == "1")
        #expect(table.count == 0)
    }

    @Test("a key that another app has now is not the first one's any more")
    func movedKey() {
        var table = self.table()
        _ = table.found(id: "1", key: "k", uptime: 0) { _ in true }
        #expect(table.found(id: "2", key: "k", uptime: 0) { _ in true } == ["1"])
        #expect(table.answer(.id("1"), uptime: 1) == .outdated(id: nil))
        #expect(table.found(id: "2", key: "other", uptime: 1) { _ in true } == [])
        #expect(table.answer(.key("k"), uptime: 2) == .outdated(id: nil))
        #expect(table.answer(.key("other"), uptime: 2) == .known(id: "2"))
    }

    @Test("the oldest one that nobody is connected to makes room")
    func capacity() {
        var table = self.table(capacity: 2)
        for (time, id) in ["1", "2"].enumerated() {
            _ = table.found(id: id, key: "k\(id)", uptime: Int64(time)) { _ in true }
        }
        #expect(table.found(id: "3", key: "k3", uptime: 2) { $0 != "1" } == ["2"])
        #expect(table.found(id: "4", key: "k4", uptime: 3) { _ in false } == [], "nobody is thrown out")
        #expect(table.count == 3)
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
