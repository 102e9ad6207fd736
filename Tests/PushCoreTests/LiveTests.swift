// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import Testing

@Suite("A value that may change")
struct LiveTests {
    @Test("is the one that was set last, for everybody; a copy has it from its next look on")
    func values() {
        let live = Live("one")
        var copy = Live.Copy(of: live)
        live.set("two")
        #expect(live.value == "two")
        #expect(copy.value == "one")
        copy.refresh()
        #expect(copy.value == "two")
        live.set("three")
        live.set("four")
        copy.refresh()
        #expect(copy.value == "four")
        #expect(Live.Copy(of: live).value == "four")
    }

    @Test("is never read in halves, and a copy never goes back, whoever sets it meanwhile")
    func threads() async {
        let live = Live((0, 0))
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { for number in 1...20_000 { live.set((number, -number)) } }
            for _ in 0..<2 {
                tasks.addTask {
                    var copy = Live.Copy(of: live)
                    var last = 0
                    while last < 20_000 {
                        copy.refresh()
                        #expect(copy.value.0 == -copy.value.1 && copy.value.0 >= last)
                        last = copy.value.0
                    }
                }
            }
        }
    }
}
