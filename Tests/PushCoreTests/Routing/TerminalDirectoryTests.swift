// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushTesting
import Testing

struct TerminalDirectoryTests {
    private let app = TerminalDirectory.Terminal(uid: "a", source: "app")
    private let pc = TerminalDirectory.Terminal(uid: "a", source: "pc")

    @Test("A terminal has one session, and who takes it learns whose it was")
    func replace() {
        let directory = TerminalDirectory()
        #expect(directory.register(self.app, session: SessionID(rawValue: 1), time: 10) == nil)
        #expect(directory.register(self.pc, session: SessionID(rawValue: 2), time: 11) == nil)
        #expect(directory.register(self.app, session: SessionID(rawValue: 3), time: 12) == SessionID(rawValue: 1))
        #expect(directory.session(of: self.app) == SessionID(rawValue: 3))
        #expect(directory.session(of: self.pc) == SessionID(rawValue: 2))
        #expect(directory.snapshot().mapValues(\.session.rawValue) == [self.app: 3, self.pc: 2])
        #expect(directory.snapshot()[self.app]?.time == 12)
    }

    @Test("Only the session that has a terminal can give it up")
    func unregister() {
        let directory = TerminalDirectory()
        _ = directory.register(self.app, session: SessionID(rawValue: 1), time: 0)
        _ = directory.register(self.app, session: SessionID(rawValue: 2), time: 0)
        #expect(!directory.unregister(self.app, session: SessionID(rawValue: 1)))
        #expect(directory.session(of: self.app) == SessionID(rawValue: 2))
        #expect(directory.unregister(self.app, session: SessionID(rawValue: 2)))
        #expect(!directory.unregister(self.app, session: SessionID(rawValue: 2)))
        #expect(directory.snapshot().isEmpty)
    }

    @Test("When many log in at one terminal at once, each session but the last is replaced by exactly one other")
    func threads() async {
        let directory = TerminalDirectory()
        let app = self.app
        let logins: UInt64 = 5000
        let replaced = await Threads.run(4) { thread -> [UInt64] in
            (1...logins).compactMap { login in
                directory.register(app, session: SessionID(rawValue: UInt64(thread) * logins + login), time: 0)?
                    .rawValue
            }
        }.flatMap { $0 }
        #expect(replaced.count == Int(4 * logins) - 1)
        #expect(Set(replaced).count == replaced.count)
        let last = directory.session(of: app)
        #expect(last.map { !replaced.contains($0.rawValue) } == true)
    }

    @Test("Of all that give up a terminal at once, only its own session succeeds, and a newer one stays")
    func threadsUnregister() async {
        let directory = TerminalDirectory()
        let app = self.app
        let freed = await Threads.run(4) { thread -> Int in
            (1...5000).count { number in
                let session = SessionID(rawValue: UInt64(4 * number + thread))
                let previous = directory.register(app, session: session, time: 0)
                // The replaced session closes late, and must not take the newer one's place from it.
                if let previous { return directory.unregister(app, session: previous) }
                return false
            }
        }
        #expect(freed == [0, 0, 0, 0])
        #expect(directory.session(of: app) != nil)
    }
}
