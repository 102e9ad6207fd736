// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import RedisClient
import Testing

struct RedisGateTests {
    @Test("Nothing passes a gate that is shut")
    func shut() {
        let gate = RedisGate(maxCommands: 10, maxBytes: 100)
        #expect(admission(gate, 1, 1) == .notConnected)
        gate.setOpen(true)
        #expect(admission(gate, 1, 1) == nil)
        gate.setOpen(false)
        #expect(admission(gate, 1, 1) == .notConnected)
    }

    @Test("Commands and bytes are bounded, and room that is given back can be taken again")
    func bounds() {
        let gate = RedisGate(maxCommands: 10, maxBytes: 100)
        gate.setOpen(true)
        #expect(admission(gate, 11, 1) == .overloaded)
        #expect(admission(gate, 1, 101) == .overloaded)
        #expect(admission(gate, 6, 60) == nil)
        #expect(admission(gate, 5, 1) == .overloaded)
        #expect(admission(gate, 1, 41) == .overloaded)
        #expect(gate.pendingCommands == 6)
        #expect(admission(gate, 4, 40) == nil)
        gate.release(commands: 6, bytes: 60)
        #expect(admission(gate, 6, 60) == nil)
    }

    @Test("Threads that contend never take more than there is, and leave nothing behind")
    func contention() async {
        let gate = RedisGate(maxCommands: 3, maxBytes: 100)
        gate.setOpen(true)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<10_000 where admission(gate, 2, 2) == nil {
                        gate.release(commands: 2, bytes: 2)
                    }
                }
            }
        }
        #expect(gate.pendingCommands == 0)
        #expect(admission(gate, 3, 100) == nil)
    }
}

private func admission(_ gate: RedisGate, _ commands: Int, _ bytes: Int) -> RedisError.Code? {
    do throws(RedisError) {
        try gate.admit(commands: commands, bytes: bytes)
        return nil
    } catch {
        return error.code
    }
}
