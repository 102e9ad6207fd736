// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import NIOCore
import PushProtocol
import PushTesting
import Testing

@Suite("The proxy alone: datagrams that are lost, nodes that are away", .timeLimit(.minutes(1)))
struct NodeFailureTests {
    private static let send = #"{"to_uid":"1","content":1}"#

    /// A proxy that waits for no longer than a test likes.
    private static func run(
        _ nodes: [ForwardingConfiguration.Node], patience: Int64 = 5_000, watches: Bool = false,
        _ body: (RunningProxy) async throws -> Void
    ) async throws {
        let forwarding = ForwardingConfiguration(
            nodes: nodes, patience: .milliseconds(patience), storedPatience: .zero, retryAfter: .milliseconds(10),
            watchInterval: .milliseconds(10)
        )
        try await RunningProxy.run(forwardingTo: forwarding, watches: watches, body)
    }

    static let losses: [(requests: Int, replies: Int)] = [(1, 0), (3, 0), (0, 1), (0, 3), (2, 2)]

    @Test("what is lost on its way is sent again, under the same name, and done once", arguments: Self.losses)
    func lost(requests: Int, replies: Int) async throws {
        try await FakeNode.run { nodes async throws in
            try await Self.run(nodes.map(\.configuration)) { proxy async throws in
                nodes[0].faults.lostRequests = requests
                nodes[0].faults.lostReplies = replies
                #expect(try await proxy.post("/chat/send", Self.send).answer().data?.id != nil)
                #expect(nodes[0].done.count == 1)
                #expect(nodes[0].datagrams.count >= requests + replies + 1)
                #expect(Set(nodes[0].datagrams).count == 1)
            }
        }
    }

    @Test("an array whose replies are lost is done once, in order")
    func lostArray() async throws {
        try await FakeNode.run { nodes async throws in
            try await Self.run(nodes.map(\.configuration)) { proxy async throws in
                nodes[0].faults.lostReplies = 2
                let sends = (0..<40).map { #"{"to_uid":"1","content":\#($0)}"# }.joined(separator: ",")
                let list = try #require(try await proxy.post("/chat/index", "[\(sends)]").answer().list)
                #expect(list.allSatisfy { $0.id != nil })
                #expect(nodes[0].done.count == 40)
                for (index, done) in nodes[0].done.enumerated() { #expect(done.data.hasSuffix(":\(index)}")) }
            }
        }
    }

    @Test("replies that come twice answer one call")
    func twice() async throws {
        try await FakeNode.run { nodes async throws in
            try await Self.run(nodes.map(\.configuration)) { proxy async throws in
                nodes[0].faults.repliesTwice = true
                var ids: Set<String?> = []
                for _ in 0..<10 { ids.insert(try await proxy.post("/chat/send", Self.send).answer().data?.id) }
                #expect(ids.count == 10 && !ids.contains(nil))
            }
        }
    }

    @Test("a call that may have been done is never made at another node: 503, and the next goes elsewhere")
    func silent() async throws {
        try await FakeNode.run(2) { nodes async throws in
            try await Self.run(nodes.map(\.configuration), patience: 100) { proxy async throws in
                nodes[0].faults.lostReplies = .max
                #expect(try await proxy.post("/chat/send", Self.send).answer().code == 503)
                #expect(nodes[0].done.count == 1)
                #expect(nodes[1].datagrams.isEmpty)
                for _ in 0..<3 { #expect(try await proxy.post("/chat/send", Self.send).answer().code == 200) }
                #expect(nodes[0].done.count == 1)
                #expect(nodes[1].done.count == 3)
                #expect(try await proxy.ask("GET", "/health/ready").status == 200)
            }
        }
    }

    @Test("a client_id makes the call that was answered 503 harmless, once the node answers again")
    func repeatedCall() async throws {
        try await FakeNode.run { nodes async throws in
            try await Self.run(nodes.map(\.configuration), patience: 100, watches: true) { proxy async throws in
                let call = #"{"to_uid":"1","content":1,"client_id":"a"}"#
                nodes[0].faults.lostReplies = .max
                #expect(try await proxy.post("/chat/send", call).answer().code == 503)
                nodes[0].faults.lostReplies = 0
                try await Eventually.holds("the node is used again") {
                    try await proxy.post("/chat/send", call).status == 200
                }
                #expect(nodes[0].done.count { $0.means == "to_uid" } == 1)
            }
        }
    }

    @Test("a node whose name means nothing is passed over in the same call")
    func unresolvable() async throws {
        try await FakeNode.run { nodes async throws in
            let nowhere = ForwardingConfiguration.Node(host: "nowhere.invalid", port: 9502, secret: "s")
            try await Self.run([nowhere] + nodes.map(\.configuration)) { proxy async throws in
                for _ in 0..<3 { #expect(try await proxy.post("/chat/send", Self.send).answer().code == 200) }
                #expect(nodes[0].done.count == 3)
            }
        }
    }

    @Test("a node that is gone costs the call that finds out, and no other")
    func gone() async throws {
        try await FakeNode.run { nodes async throws in
            let gone = try await FakeNode.start()
            await gone.stop()
            try await Self.run([gone.configuration] + nodes.map(\.configuration)) { proxy async throws in
                #expect(try await proxy.post("/chat/send", Self.send).answer().code == 503)
                for _ in 0..<3 { #expect(try await proxy.post("/chat/send", Self.send).answer().code == 200) }
                #expect(nodes[0].done.count == 3)
            }
        }
    }

    @Test("nodes take turns; where none answers a call is 503 at once, and the proxy is not ready")
    func turns() async throws {
        try await FakeNode.run(3) { nodes async throws in
            try await Self.run(nodes.map(\.configuration), patience: 50) { proxy async throws in
                #expect(try await proxy.ask("GET", "/health/ready").status == 200)
                for _ in 0..<6 { _ = try await proxy.post("/chat/send", Self.send) }
                #expect(nodes.map(\.done.count) == [2, 2, 2])
                for node in nodes { node.faults.lostRequests = .max }
                for _ in 0..<3 { #expect(try await proxy.post("/chat/send", Self.send).answer().code == 503) }
                let before = nodes.map(\.datagrams.count)
                #expect(try await proxy.post("/chat/send", Self.send).answer().message == "no node answers")
                #expect(nodes.map(\.datagrams.count) == before)
                #expect(try await proxy.ask("GET", "/health/ready").status == 503)
                #expect(try await proxy.ask("GET", "/health/live").status == 200)
            }
        }
    }

    @Test("a node that goes is known before a call finds out, and is used when it is back")
    func watched() async throws {
        let node = try await FakeNode.start()
        try await Self.run([node.configuration], patience: 100, watches: true) { proxy async throws in
            try await Eventually.holds("it was asked") { !node.done.isEmpty }
            await node.stop()
            try await Eventually.holds("the proxy is not ready") {
                try await proxy.ask("GET", "/health/ready").status == 503
            }
            let back = try await FakeNode.start(port: node.configuration.port)
            try await Eventually.holds("the proxy is ready") {
                try await proxy.ask("GET", "/health/ready").status == 200
            }
            #expect(try await proxy.post("/chat/send", Self.send).status == 200)
            #expect(proxy.log.lines.contains { $0.contains("a node is not used") })
            #expect(proxy.log.lines.contains { $0.contains("a node is used again") })
            #expect(!proxy.log.lines.contains { $0.contains("secret") })
            await back.stop()
        }
    }

    @Test("a node that does not know the secret is not the caller's fault: 503, and it is not used")
    func wrongSecret() async throws {
        try await FakeNode.run(2) { nodes async throws in
            try await Self.run(nodes.map(\.configuration)) { proxy async throws in
                nodes[0].faults.refuses = true
                #expect(try await proxy.post("/chat/send", Self.send).answer().code == 503)
                for _ in 0..<2 { #expect(try await proxy.post("/chat/send", Self.send).answer().code == 200) }
                #expect(nodes[1].done.count == 2)
            }
        }
    }
}
