// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import PushTesting
import RedisClient
import Testing

@testable import Storage

/// Presence in a real Redis.
struct RedisPresenceTests {
    @Test func tellsWhereEveryTerminalIs() async throws {
        try await TestRedis.with { redis in
            try await PresenceNode.with(redis) { node in
                try await node.inStep()
                let app = node.login("u", session: 7, time: 1_599_877_568)
                try await eventually("the login is there") { try await redis.users()["u"] != nil }
                #expect(
                    try await redis.hash("ws_clientInfo") == [
                        "u": #"{"app":{"time":1599877568,"fd":7,"port":9501,"ip":"10.0.0.1","udp_port":9502}}"#
                    ]
                )
                #expect(
                    try await redis.hash("ws_fdInfo:10.0.0.19501") == [
                        "7": #"{"uid":"u","isServer":false,"source":"app","time":1599877568}"#
                    ]
                )

                let pc = node.login("u", "pc", session: 8)
                node.login("v", session: 9)
                try await eventually("both are there") { try await redis.sessions().count == 3 }
                #expect(
                    try await redis.users() == [
                        "u": ["app": "10.0.0.1 7", "pc": "10.0.0.1 8"], "v": ["app": "10.0.0.1 9"],
                    ]
                )
                node.logout(app)
                try await eventually("one is gone") { try await redis.sessions().count == 2 }
                #expect(try await redis.users() == ["u": ["pc": "10.0.0.1 8"], "v": ["app": "10.0.0.1 9"]])
                node.logout(pc)
                try await eventually("the user is gone") { try await redis.users() == ["v": ["app": "10.0.0.1 9"]] }
                #expect(try await redis.sessions() == ["9": "v app"])
            }
        }
    }

    @Test func aReplacedTerminalStaysTheNewerOnes() async throws {
        try await TestRedis.with { redis in
            try await PresenceNode.with(redis) { node in
                try await node.inStep()
                let first = node.login("u", session: 1)
                try await eventually("the first is there") { try await redis.sessions() == ["1": "u app"] }
                node.login("u", session: 2)
                node.logout(first)
                try await eventually("the second took its place") { try await redis.sessions() == ["2": "u app"] }
                #expect(try await redis.users() == ["u": ["app": "10.0.0.1 2"]])
            }
        }
    }

    /// Two loops hand in their changes in whichever order they come to it.
    @Test func aLoginThatComesAfterTheOneThatReplacedItIsNotWritten() async throws {
        try await TestRedis.with { redis in
            try await PresenceNode.with(redis) { node in
                try await node.inStep()
                let late = node.login("u", session: 1, isApplied: false)
                node.login("u", session: 2)
                try await eventually("the second is there") { try await redis.sessions() == ["2": "u app"] }
                node.presence.apply([late])
                node.logout(late)
                node.login("mark", session: 3)
                try await eventually("all is written") { try await redis.sessions()["3"] != nil }
                #expect(try await redis.sessions() == ["2": "u app", "3": "mark app"])
                #expect(try await redis.users()["u"] == ["app": "10.0.0.1 2"])
            }
        }
    }

    @Test func aNewerLoginOnAnotherNodeIsNotTouched() async throws {
        try await TestRedis.with { redis in
            try await PresenceNode.with(redis) { here in
                try await PresenceNode.with(redis, ip: "10.0.0.2") { there in
                    try await here.inStep()
                    try await there.inStep()
                    let old = here.login("u", session: 1)
                    try await eventually("it is here") { try await redis.users()["u"]?["app"] == "10.0.0.1 1" }
                    there.login("u", session: 1)
                    try await eventually("it is there") { try await redis.users()["u"]?["app"] == "10.0.0.2 1" }
                    here.logout(old)
                    try await eventually("its session is gone") { try await redis.sessions() == [:] }
                    #expect(try await redis.users() == ["u": ["app": "10.0.0.2 1"]])
                    #expect(try await redis.sessions(of: "10.0.0.2") == ["1": "u app"])
                }
            }
        }
    }

    /// All nodes change the same users at the same time, and none undoes what another did.
    @Test func nodesDoNotUndoEachOthersChanges() async throws {
        try await TestRedis.with { redis in
            try await PresenceNode.with(redis, ip: "10.0.0.1") { first in
                try await PresenceNode.with(redis, ip: "10.0.0.2") { second in
                    try await PresenceNode.with(redis, ip: "10.0.0.3") { third in
                        let nodes = [
                            (first, "10.0.0.1", "app"), (second, "10.0.0.2", "pc"), (third, "10.0.0.3", "weixin"),
                        ]
                        for (node, _, _) in nodes { try await node.inStep() }
                        await withTaskGroup { tasks in
                            for (node, _, source) in nodes { tasks.addTask { await self.comeAndGo(on: node, source) } }
                        }
                        var users: [String: [String: String]] = [:]
                        for (_, ip, source) in nodes {
                            for user in Self.stays { users["u\(user)", default: [:]][source] = "\(ip) \(1900 + user)" }
                        }
                        try await eventually("everybody who stayed is there") { try await redis.users() == users }
                        for (_, ip, source) in nodes {
                            let sessions = Self.stays.map { ("\(1900 + $0)", "u\($0) \(source)") }
                            let expected = Dictionary(uniqueKeysWithValues: sessions)
                            #expect(try await redis.sessions(of: ip) == expected)
                        }
                    }
                }
            }
        }
    }

    /// Which of 50 users are there in the end.
    private static let stays = stride(from: 0, to: 50, by: 2)

    /// Has each of 50 users come and go on a node twenty times; some stay.
    private func comeAndGo(on node: PresenceNode, _ source: String) async {
        for round in 0..<20 {
            for user in 0..<50 {
                let change = node.login("u\(user)", source, session: UInt64(round * 100 + user))
                await Task.yield()
                if round < 19 || !Self.stays.contains(user) { node.logout(change) }
            }
        }
    }

    @Test func whatOthersWroteForAUserStays() async throws {
        try await TestRedis.with { redis in
            let key = redis.prefix + "ws_clientInfo"
            let theirs = #"think_serialize:a:1:{s:2:"pc";a:2:{s:2:"fd";i:12345678901234567;s:2:"ip";s:1:"x";}}"#
            try await redis.send("HSET", key, "u", theirs)
            try await redis.send("HSET", key, "v", "garbage")
            try await PresenceNode.with(redis, format: .thinkSerialize) { node in
                try await node.inStep()
                let first = node.login("u", session: 1)
                let second = node.login("v", session: 2)
                try await eventually("they are there") { try await redis.sessions().count == 2 }
                #expect(try await redis.users()["u"] == ["pc": "x 12345678901234567", "app": "10.0.0.1 1"])
                #expect(try await redis.users()["v"] == ["app": "10.0.0.1 2"])
                node.logout(first)
                node.logout(second)
                try await eventually("they are gone") { try await redis.sessions().isEmpty }
                #expect(try await redis.hash("ws_clientInfo") == ["u": theirs])
            }
        }
    }

    @Test func leftoversOfAnEarlierProcessAreRemoved() async throws {
        try await TestRedis.with { redis in
            try await PresenceNode.with(redis, ip: "10.0.0.2") { other in
                try await other.inStep()
                other.login("alice", "pc", session: 17)
                try await PresenceNode.with(redis) { node in
                    try await node.inStep()
                    for number in 0..<1500 { node.login("left\(number)", session: 1000 + UInt64(number)) }
                    node.login("alice", session: 17)
                    node.login("bob", session: 18)
                    try await eventually("they are there") { try await redis.sessions().count == 1502 }
                }
                let key = redis.prefix + "ws_fdInfo:10.0.0.19501"
                try await redis.send("HSET", key, "99", "garbage", "name", "{}")

                // Killed, and started again: nobody is there but one who got a number that was another's.
                try await PresenceNode.with(redis) { node in
                    node.login("carol", session: 17)
                    try await node.inStep()
                    #expect(try await redis.sessions() == ["17": "carol app"])
                    #expect(
                        try await redis.users() == ["alice": ["pc": "10.0.0.2 17"], "carol": ["app": "10.0.0.1 17"]]
                    )
                    #expect(try await redis.sessions(of: "10.0.0.2") == ["17": "alice pc"])
                    #expect(node.presence.currentStatus.leftoversRemoved == 1504)
                }
            }
        }
    }

    @Test func aDrainRemovesEverythingOfThisNodeAndEnds() async throws {
        try await TestRedis.with { redis in
            try await PresenceNode.with(redis, ip: "10.0.0.2") { other in
                try await other.inStep()
                other.login("u", "pc", session: 5)
                let node = PresenceNode(
                    presence: RedisPresence(
                        client: redis.client, address: AdvertisedAddress(ip: "10.0.0.1", port: 9501, udpPort: 9502),
                        prefix: redis.prefix, format: .json, logger: .silent
                    )
                )
                let run = Task { await node.presence.run(node.terminals) }
                try await node.inStep()
                for number in 0..<300 { node.login("u\(number)", session: UInt64(number)) }
                node.login("u", session: 1000)
                try await eventually("they are there") { try await redis.sessions().count == 301 }
                await node.presence.drain(atMost: .seconds(30))
                #expect(try await redis.sessions() == [:])
                #expect(try await redis.users() == ["u": ["pc": "10.0.0.2 5"]])
                await run.value
                node.login("late", session: 2000)
                #expect(try await redis.sessions() == [:])
            }
        }
    }

    @Test func drainsAtOnceWhereItNeverRan() async throws {
        try await TestRedis.with { redis in
            let presence = RedisPresence(
                client: redis.client, address: AdvertisedAddress(ip: "10.0.0.1", port: 1, udpPort: 2),
                prefix: redis.prefix,
                format: .json, logger: .silent
            )
            await presence.drain(atMost: .seconds(3600))
        }
    }

    @Test func aScriptThatRedisForgotIsSentAgain() async throws {
        try await TestRedis.with { redis in
            try await PresenceNode.with(redis) { node in
                try await node.inStep()
                for number in 0..<300 {
                    if number % 100 == 0 { try await redis.send("SCRIPT", "FLUSH") }
                    node.login("u\(number)", session: UInt64(number))
                }
                try await eventually("they are there") { try await redis.sessions().count == 300 }
                #expect(node.presence.currentStatus.resyncs == 1)
            }
        }
    }

    @Test func whatRedisRefusesIsSaidOnceAndTriedUntilItIsTaken() async throws {
        try await TestRedis.with { redis in
            let log = LogLines()
            try await redis.send("SET", redis.prefix + "ws_clientInfo", "no hash")
            try await PresenceNode.with(redis, logger: log.logger) { node in
                node.login("u", session: 1)
                try await eventually("the problem is told") {
                    node.presence.currentStatus.problem == "Redis answers WRONGTYPE"
                }
                try await redis.send("DEL", redis.prefix + "ws_clientInfo")
                try await node.inStep()
                #expect(try await redis.users() == ["u": ["app": "10.0.0.1 1"]])
                #expect(log.lines.filter { $0.hasPrefix("warning presence cannot be written") }.count == 1)
            }
        }
    }

    @Test func whatRedisRefusesForATimeIsWrittenLater() async throws {
        try await TestRedis.with { redis in
            let log = LogLines()
            try await PresenceNode.with(redis, logger: log.logger) { node in
                try await node.inStep()
                try await redis.send("SET", redis.prefix + "ws_clientInfo", "no hash")
                let first = node.login("u", session: 1)
                try await eventually("the problem is told") { node.presence.currentStatus.problem != nil }
                node.login("v", session: 2)
                node.logout(first)
                try await redis.send("DEL", redis.prefix + "ws_clientInfo")
                try await node.inStep()
                try await eventually("it is written") { try await redis.users() == ["v": ["app": "10.0.0.1 2"]] }
                #expect(try await redis.sessions() == ["2": "v app"])
                #expect(node.presence.currentStatus.resyncs == 1)
                #expect(log.lines.filter { $0.hasPrefix("warning presence cannot be written") }.count == 1)
            }
        }
    }

    @Test(.enabled(if: PHP.isInstalled), arguments: [PHPValue.Format.thinkSerialize, .json])
    func phpReadsBothHashes(_ format: PHPValue.Format) async throws {
        try await TestRedis.with { redis in
            try await PresenceNode.with(redis, format: format) { node in
                try await node.inStep()
                node.login("42", session: 7, time: 1_599_877_568)
                node.login("42", "pc", session: 8)
                try await eventually("they are there") { try await redis.sessions().count == 2 }
                let user = Array((try await redis.hash("ws_clientInfo")["42"] ?? "").utf8)
                let session = Array((try await redis.hash("ws_fdInfo:10.0.0.19501")["7"] ?? "").utf8)
                let read = format == .json ? "json_decode($v, true)" : "unserialize(substr($v, 16))"
                #expect(
                    try PHP.evaluate("\(read)['app']", value: user)
                        == #"{"time":1599877568,"fd":7,"port":9501,"ip":"10.0.0.1","udp_port":9502}"#
                )
                #expect(try PHP.evaluate("count(\(read))", value: user) == "2")
                #expect(
                    try PHP.evaluate(read, value: session)
                        == #"{"uid":"42","isServer":false,"source":"app","time":1599877568}"#
                )
            }
        }
    }
}
