// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushExtensions
import PushTesting
import Testing

@testable import PushCore

@Suite("Broadcasts within the server")
struct BroadcastHandlerTests {
    private struct Handler: BroadcastHandler {
        let type: String
        var reach = BroadcastReach.eachNode
        let seen: Seen<String>

        func receive(_ broadcast: Broadcast, on server: any ServerContext) {
            self.seen.add("\(broadcast.type) \(String(buffer: broadcast.payload)) \(broadcast.node) \(broadcast.loop)")
        }
    }

    @Test(
        "reach the handler of their type once a node, or once a loop",
        arguments: [
            (BroadcastReach.eachNode, ["a 1 7 0", "a 2 7 0"]),
            (.eachLoop, ["a 1 7 0", "a 2 7 0", "a 1 7 1", "a 2 7 1", "a 1 7 2", "a 2 7 2"]),
        ])
    func reach(reach: BroadcastReach, expected: [String]) throws {
        let seen = Seen<String>()
        let fixture = HubFixture(
            loops: 3, node: 7,
            extensions: try .make {
                $0.broadcastHandlers = [
                    Handler(type: "a", reach: reach, seen: seen), Handler(type: "b", seen: Seen()),
                ]
            })
        for text in ["1", "2"] { fixture.hub.context.broadcast("a", ByteBuffer(string: text)) }
        fixture.hub.context.broadcast("nobody", ByteBuffer())
        fixture.run()
        #expect(seen.values == expected)
    }

    @Test("have types of their own", arguments: [["a", "a"], [""], [String(repeating: "x", count: 65)]])
    func types(_ types: [String]) {
        #expect(throws: ExtensionProblem.self) {
            _ = try HubExtensions.make { $0.broadcastHandlers = types.map { Handler(type: $0, seen: Seen()) } }
        }
    }
}
