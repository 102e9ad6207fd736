// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PushCore
import PushProtocol
import PushTesting
import Testing

/// Terminals that come and go, senders that send, an archive that stalls, fails and returns, in random order; a model of
/// the clients says what each terminal must have seen. The seed is printed; `PUSH_TEST_SEED` repeats a run.
struct ReplayScheduleTests {
    @Test("Whatever the order of things, every terminal sees every message, and again only where that is allowed")
    func schedules() throws {
        try Fuzz.run("replay schedules", rounds: 400) { generator in
            generator.bytes(8)
        } check: { _, generator in
            let schedule = ReplaySchedule(loops: 1 + generator.below(2))
            for _ in 0..<(20 + generator.below(200)) { schedule.step(&generator) }
            try schedule.finish()
        }
    }
}

/// One run: the hub, its clients, and what they have seen.
private final class ReplaySchedule {
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    /// A terminal over all its connections.
    private final class Terminal {
        let uid: String
        let source: String
        var connection: Connection?
        /// Messages that it is owed: those routed since its first login.
        var owed: [String] = []
        var isKnown = false
        var seen: Set<String> = []
        var acked: String?
        /// Whether it was ever told that what it missed has to wait.
        var wasAway = false
        /// Up to where it has seen everything: what a client may say with `since`.
        var complete: String? { self.wasAway ? nil : self.owed.prefix { self.seen.contains($0) }.last }

        init(_ uid: String, _ source: String) {
            self.uid = uid
            self.source = source
        }
    }

    private final class Connection {
        let client: RecordingTransport
        let usesAcks: Bool
        var readBuffers = 0
        var checked = 0
        /// With the time at which each was seen, in milliseconds.
        var seen: [(id: String, state: Int, time: Int64)] = []
        var wasAway = false
        /// Whether the client has stopped reading, and answering, while its socket goes on.
        var sleeps = false {
            didSet { self.client.answersPings = !self.sleeps }
        }

        init(_ client: RecordingTransport, usesAcks: Bool) {
            self.client = client
            self.usesAcks = usesAcks
        }
    }

    private let fixture: HubFixture
    private let loops: Int
    private let terminals: [Terminal]
    private var sent: [(uid: String, id: String)] = []
    /// Messages that a terminal may see again: not acknowledged, young, or sent into a connection that broke.
    private var mayRepeat: [String: Set<String>] = [:]

    init(loops: Int) {
        self.loops = loops
        self.fixture = replayFixture(
            loops: loops,
            chat: ChatConfiguration(
                idleTimeout: 600_000_000_000, recheckInterval: 0, replayLimit: 3,
                messageRate: .init(perSecond: 0, burst: 0)
            )
        )
        self.terminals = ["a", "b"].flatMap { uid in ["app", "pc"].map { Terminal(uid, $0) } }
    }

    private var now: Int64 { self.fixture.clock.now().milliseconds }

    // MARK: - Steps

    func step(_ generator: inout SeededGenerator) {
        let terminal = generator.pick(self.terminals)
        switch generator.below(17) {
        case 0...3: self.send(&generator)
        case 4, 5: self.connect(terminal, &generator)
        case 6: self.disconnect(terminal)
        case 7: self.acknowledge(terminal)
        case 8: self.fixture.archive(atMost: 1 + generator.below(4))
        case 9: self.fixture.runAndArchive()
        case 10: self.fixture.run(loop: generator.below(self.loops))
        case 11:
            self.fixture.advance(by: .milliseconds(200 + generator.below(6000)))
        case 12: terminal.connection?.client.takes.toggle()
        case 16: terminal.connection?.sleeps.toggle()
        case 13: self.fixture.history.isAway = generator.once(in: 3)
        case 14:
            self.fixture.history.behaviour = generator.pick([.answers, .holdsQuestions, .holdsAnswers])
        default: self.fixture.history.release(1 + generator.below(3))
        }
        self.read()
    }

    private func send(_ generator: inout SeededGenerator) {
        let uid = generator.pick(["a", "b"])
        for _ in 0...generator.below(4) {
            let id = self.fixture.pushUnarchived(to: uid, on: generator.below(self.loops))
            self.sent.append((uid, id))
            for terminal in self.terminals where terminal.uid == uid && terminal.isKnown { terminal.owed.append(id) }
        }
    }

    private func connect(_ terminal: Terminal, _ generator: inout SeededGenerator) {
        // One that comes back on its own replaces the connection that is open.
        let previous = terminal.connection
        let usesAcks = generator.once(in: 2)
        let since = generator.once(in: 3) ? terminal.complete : nil
        self.store(terminal)
        let token = AccessToken(token: "secret", uid: terminal.uid, source: terminal.source)
        let client = self.fixture.connect(
            .init(
                accessToken: token.encoded(order: .tokenFirst), usesAcks: usesAcks,
                since: since.flatMap { MessageID($0) }
            ),
            on: generator.below(self.loops)
        )
        if let since {
            self.mayRepeat[terminal.uid + terminal.source, default: []].formUnion(terminal.seen.filter { $0 > since })
        }
        terminal.connection = Connection(client, usesAcks: usesAcks)
        self.fixture.run()
        if let previous {
            self.read(previous, of: terminal)
            self.ended(previous, of: terminal, isReplaced: true)
        }
        if client.session?.isLoggedIn == true { terminal.isKnown = true }
    }

    private func store(_ terminal: Terminal) {
        self.fixture.store.grant(AccessToken(token: "secret", uid: terminal.uid, source: terminal.source))
    }

    private func disconnect(_ terminal: Terminal) {
        guard let connection = terminal.connection else { return }
        self.read()
        connection.client.disconnect()
        self.ended(connection, of: terminal, isReplaced: false)
        terminal.connection = nil
    }

    /// What a connection that ended leaves open: it may come again.
    private func ended(_ connection: Connection, of terminal: Terminal, isReplaced: Bool) {
        let key = terminal.uid + terminal.source
        for message in connection.seen {
            let isAcked = terminal.acked.map { message.id <= $0 } ?? false
            let isYoung = self.now - message.time < 8000
            let isOpen = connection.wasAway || (connection.usesAcks ? !isAcked : isReplaced)
            // One that fell asleep, or whose socket is full, may not have been asked about what came just before.
            if isYoung || isOpen || connection.sleeps || !connection.client.takes {
                self.mayRepeat[key, default: []].insert(message.id)
            }
        }
    }

    private func acknowledge(_ terminal: Terminal) {
        guard let connection = terminal.connection, !connection.sleeps else { return }
        if let highest = connection.seen.map(\.id).max(), connection.usesAcks {
            connection.client.acknowledge(highest)
            // While something is missing below it an ack counts for nothing.
            if !connection.wasAway { terminal.acked = max(terminal.acked ?? highest, highest) }
        } else {
            connection.client.receiveSignOfLife()
        }
    }

    /// The clients read what their sockets have brought.
    private func read() {
        for terminal in self.terminals {
            if let connection = terminal.connection { self.read(connection, of: terminal) }
        }
    }

    private func read(_ connection: Connection, of terminal: Terminal) {
        guard !connection.sleeps else { return }
        let buffers = connection.client.log.buffers
        for buffer in buffers[connection.readBuffers..<connection.client.takenBuffers] {
            for case .text(let text) in DeliveredFrame.all(in: buffer) {
                guard let members = try? FrameMembers(text) else { continue }
                if members.type == "history" {
                    connection.wasAway = true
                    terminal.wasAway = true
                }
                guard let id = members.id, let state = members.state else { continue }
                connection.seen.append((id, state, self.now))
                terminal.seen.insert(id)
            }
        }
        connection.readBuffers = connection.client.takenBuffers
        self.checkOrder(terminal, connection)
    }

    // MARK: - Checks

    private var violations: [String] = []
    private var everSeen: [String: Set<String>] = [:]

    private func checkOrder(_ terminal: Terminal, _ connection: Connection) {
        let key = terminal.uid + terminal.source
        let checked = connection.checked
        var before = Set(connection.seen[..<checked].map(\.id))
        for index in checked..<connection.seen.count {
            let message = connection.seen[index]
            let isFirst = before.insert(message.id).inserted
            if !isFirst, !connection.wasAway {
                self.violations.append("\(key) saw \(message.id) twice in one connection")
            }
            if index > 0, message.state == 0, !connection.wasAway {
                let previous = connection.seen[index - 1]
                if previous.state == 1 { self.violations.append("\(key): \(message.id) replayed behind a live one") }
                if previous.id > message.id { self.violations.append("\(key): \(message.id) behind \(previous.id)") }
            }
            if self.everSeen[key]?.contains(message.id) == true, self.mayRepeat[key]?.contains(message.id) != true,
                !connection.wasAway, isFirst
            {
                self.violations.append("\(key) saw \(message.id) again")
            }
        }
        for message in connection.seen[checked...] { self.everSeen[key, default: []].insert(message.id) }
        connection.checked = connection.seen.count
    }

    /// Everything works again, everybody comes back: nothing may be missing.
    func finish() throws {
        self.fixture.history.isAway = false
        self.fixture.history.behaviour = .answers
        self.fixture.history.release()
        for terminal in self.terminals {
            terminal.connection?.sleeps = false
            terminal.connection?.client.takes = true
        }
        for terminal in self.terminals where terminal.connection == nil {
            var generator = SeededGenerator(seed: 1)
            self.connect(terminal, &generator)
        }
        for _ in 0..<10 {
            self.fixture.runAndArchive()
            for terminal in self.terminals { terminal.connection?.client.receiveSignOfLife() }
            self.fixture.advance(by: .seconds(1))
            self.read()
        }
        for terminal in self.terminals {
            let missing = terminal.owed.filter { !terminal.seen.contains($0) }
            if !missing.isEmpty {
                self.violations.append("\(terminal.uid)/\(terminal.source) never saw \(missing)")
            }
        }
        for message in self.sent {
            let isSeen = self.terminals.contains { $0.uid == message.uid && $0.seen.contains(message.id) }
            if !isSeen { self.violations.append("nobody saw \(message.id)") }
        }
        if let first = self.violations.first {
            throw Violation(description: "\(first) (\(self.violations.count) in all)")
        }
    }
}
