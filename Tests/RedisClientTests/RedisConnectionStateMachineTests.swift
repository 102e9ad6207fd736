// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RedisClient
import Testing

struct RedisConnectionStateMachineTests {
    private typealias Machine = RedisConnectionStateMachine<String>

    private let lost = RedisError(.connectionLost, "gone")

    @Test("Nothing may be sent before the handshake is accepted")
    func refusedEarly() {
        var machine = Machine()
        #expect(!sends(&machine, "early"))
        _ = machine.opened(RedisHandshake(RedisConfiguration()), deadline: at(5))
        #expect(!sends(&machine, "early"))
        guard case .ready = machine.received(.status("PONG")) else {
            Issue.record("the handshake was not accepted")
            return
        }
        #expect(sends(&machine, "now"))
    }

    @Test("Batches are completed in their order, each with its own replies")
    func order() {
        var machine = ready()
        #expect(sends(&machine, "a", replies: 2))
        #expect(sends(&machine, "b", replies: 1))
        #expect(completed(machine.received(.integer(1))) == nil)
        #expect(completed(machine.received(.integer(2))) == Completed(batch: "a", replies: [.integer(1), .integer(2)]))
        #expect(completed(machine.received(.error("ERR"))) == Completed(batch: "b", replies: [.error("ERR")]))
    }

    @Test("A close gives back every batch that was taken, once")
    func close() {
        var machine = ready()
        #expect(sends(&machine, "a", replies: 2))
        #expect(sends(&machine, "b"))
        _ = machine.received(.integer(1))
        #expect(machine.close(self.lost)?.pending == ["a", "b"])
        #expect(machine.close(self.lost)?.pending == nil)
        #expect(!sends(&machine, "late"))
        #expect(completed(machine.received(.integer(2))) == nil)
    }

    @Test("A reply nobody asked for ends the connection and says what an error said")
    func unasked() {
        var machine = ready()
        guard case .close(let closing) = machine.received(.error("ERR max number of clients reached")) else {
            Issue.record("the connection went on")
            return
        }
        #expect(closing.reason.code == .protocolViolation)
        #expect(closing.reason.message.contains("max number of clients"))
    }

    @Test("One timer serves all batches: it moves on to the oldest that waits and rests when none does")
    func timer() {
        var machine = ready(timerRuns: false)
        #expect(timerStarted(machine.send("a", replies: 1, deadline: at(10))) == at(10))
        #expect(timerStarted(machine.send("b", replies: 1, deadline: at(12))) == nil)
        _ = machine.received(.null)
        guard case .restart(let next) = machine.timerFired(now: at(10)) else {
            Issue.record("the timer did not move on")
            return
        }
        #expect(next == at(12))
        _ = machine.received(.null)
        guard case .rest = machine.timerFired(now: at(12)) else {
            Issue.record("the timer did not rest")
            return
        }
        #expect(timerStarted(machine.send("c", replies: 1, deadline: at(20))) == at(20))
        guard case .close(let closing) = machine.timerFired(now: at(20)) else {
            Issue.record("the hung server was not noticed")
            return
        }
        #expect(closing.reason.code == .commandTimedOut)
        #expect(closing.pending == ["c"])
    }

    @Test("A handshake that is not answered times out")
    func handshakeTimeout() {
        var machine = Machine()
        _ = machine.opened(RedisHandshake(RedisConfiguration()), deadline: at(5))
        guard case .restart = machine.timerFired(now: at(4)) else {
            Issue.record("it gave up early")
            return
        }
        guard case .close(let closing) = machine.timerFired(now: at(5)) else {
            Issue.record("it waits for ever")
            return
        }
        #expect(closing.reason.code == .commandTimedOut)
    }

    // MARK: - Helpers

    private struct Completed: Equatable {
        let batch: String
        let replies: [RedisValue]
    }

    private func at(_ second: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(second) }

    private func ready(timerRuns: Bool = true) -> Machine {
        var machine = Machine()
        _ = machine.opened(RedisHandshake(RedisConfiguration()), deadline: at(1))
        _ = machine.received(.status("PONG"))
        if !timerRuns {
            _ = machine.timerFired(now: at(1))
        }
        return machine
    }

    private func sends(_ machine: inout Machine, _ batch: String, replies: Int = 1) -> Bool {
        if case .write = machine.send(batch, replies: replies, deadline: at(60)) { true } else { false }
    }

    private func timerStarted(_ action: Machine.SendAction) -> NIODeadline? {
        if case .write(let timer) = action { timer } else { nil }
    }

    private func completed(_ action: Machine.ReplyAction) -> Completed? {
        if case .complete(let batch, let replies) = action { Completed(batch: batch, replies: replies) } else { nil }
    }
}
