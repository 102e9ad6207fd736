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

/// Presence in a Redis that goes away and comes back.
struct RedisPresenceOutageTests {
    @Test func afterAKillEverybodyWhoIsThereIsWrittenAgain() async throws {
        try await RedisServer.with { server in
            try await TestRedis.with(url: server.url) { redis in
                try await PresenceNode.with(redis) { node in
                    try await node.inStep()
                    let stays = node.login("stays", session: 1)
                    let goes = node.login("goes", session: 2)
                    try await eventually("they are there") { try await redis.sessions().count == 2 }
                    try await server.kill()
                    try await eventually("the loss is noticed") { node.presence.currentStatus.problem != nil }
                    node.logout(goes)
                    for number in 0..<2000 { node.login("new\(number)", session: 100 + UInt64(number)) }
                    try await server.start()
                    try await node.inStep()
                    var expected = Dictionary(uniqueKeysWithValues: (0..<2000).map { ("\(100 + $0)", "new\($0) app") })
                    expected["1"] = "stays app"
                    #expect(try await redis.sessions() == expected)
                    #expect(try await redis.users().count == 2001)
                    #expect(node.presence.currentStatus.resyncs == 2)
                    node.logout(stays)
                    try await eventually("changes go on") { try await redis.users()["stays"] == nil }
                }
            }
        }
    }

    /// The connection is lost, and Redis keeps what it had.
    @Test func afterALossWhatEndedMeanwhileIsRemovedAndNothingElse() async throws {
        try await TestRedis.with { redis in
            try await PresenceNode.with(redis) { node in
                try await node.inStep()
                let stays = node.login("stays", session: 1)
                let goes = node.login("goes", session: 2)
                let moves = node.login("moves", session: 3, time: 100)
                try await eventually("they are there") { try await redis.sessions().count == 3 }

                // Its own connection ends; what happens then comes before it is back.
                let id = try await redis.send("CLIENT", "ID").integer ?? 0
                try await TestRedis.with { other in
                    try await redis.client.eventLoop.submit {
                        redis.client.onStateChange { [node] state in
                            guard state == .disconnected else { return }
                            node.logout(goes)
                            node.login("comes", session: 4)
                        }
                    }.get()
                    let key = redis.prefix + "ws_clientInfo"
                    let elsewhere = #"{"app":{"time":200,"fd":9,"port":9501,"ip":"10.0.0.2","udp_port":9502}}"#
                    try await other.send("HSET", key, "moves", elsewhere)
                    try await other.send("CLIENT", "KILL", "ID", "\(id)")
                    try await eventually("everything is put right") { node.presence.currentStatus.resyncs == 2 }
                }
                #expect(try await redis.sessions() == ["1": "stays app", "3": "moves app", "4": "comes app"])
                #expect(
                    try await redis.users() == [
                        "stays": ["app": "10.0.0.1 1"], "moves": ["app": "10.0.0.2 9"], "comes": ["app": "10.0.0.1 4"],
                    ]
                )
                #expect(node.presence.currentStatus.leftoversRemoved == 1)
                node.logout(stays)
                node.logout(moves)
            }
        }
    }

    @Test func whileRedisHangsNobodyWaits() async throws {
        try await RedisServer.with { server in
            try await TestRedis.with(url: server.url) { redis in
                try await PresenceNode.with(redis, limit: 1000) { node in
                    try await node.inStep()
                    try await server.freeze()
                    let begin = ContinuousClock.now
                    for number in 0..<20_000 { node.login("u\(number)", session: UInt64(number)) }
                    #expect(ContinuousClock.now - begin < .seconds(4), "before a command could have timed out")
                    try await server.thaw()
                    try await eventually("they are there") {
                        try await redis.send("HLEN", redis.prefix + "ws_fdInfo:10.0.0.19501").integer == 20_000
                    }
                    #expect(node.presence.currentStatus.resyncs >= 2, "more than may wait become one resync")
                }
            }
        }
    }

    @Test func aDrainIsOverInItsTimeWhereRedisHangs() async throws {
        try await RedisServer.with { server in
            try await TestRedis.with(url: server.url) { redis in
                try await PresenceNode.with(redis) { node in
                    try await node.inStep()
                    node.login("u", session: 1)
                    try await eventually("it is there") { try await redis.sessions().count == 1 }
                    try await server.freeze()
                    let begin = ContinuousClock.now
                    // The node's pauses are short, so its limit is.
                    await node.presence.drain(atMost: .seconds(3600))
                    #expect(ContinuousClock.now - begin < .seconds(4))
                    try await server.thaw()
                }
            }
        }
    }
}
