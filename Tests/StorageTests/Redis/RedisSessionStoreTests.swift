// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import PushCore
import PushProtocol
import PushTesting
import RedisClient
import Storage
import Testing

/// Login records in a real Redis.
struct RedisSessionStoreTests {
    @Test func sessionStore() async throws {
        try await TestRedis.with { redis in
            let store = RedisSessionStore(redis.client, prefix: redis.prefix)
            try await verifySessionStore(store) { try await store.setRecord($1, of: $0) }
        }
    }

    @Test func sessionIssuer() async throws {
        try await TestRedis.with { redis in
            try await verifySessionIssuer(RedisSessionStore(redis.client, prefix: redis.prefix))
        }
    }

    private static let record = #"{"app":{"token":"t"}}"#
    private static let read = LoginRecord(grants: ["app": LoginRecord.Grant(token: "t")])

    @Test func readsTheKeyThatApplicationsWrite() async throws {
        try await TestRedis.with { redis in
            try await redis.send("SET", redis.prefix + "login42", Self.record)
            let records = try await RedisSessionStore(redis.client, prefix: redis.prefix)
                .records(for: ["42"], on: redis.client.eventLoop).get()
            #expect(records == [Self.read])
            let others = try await RedisSessionStore(redis.client, prefix: redis.prefix + "x")
                .records(for: ["42"], on: redis.client.eventLoop).get()
            #expect(others == [nil])
        }
    }

    @Test func aKeyThatIsNoStringIsARecordThatCannotBeRead() async throws {
        try await TestRedis.with { redis in
            try await redis.send("RPUSH", redis.prefix + "loginlist", "a")
            try await redis.send("SET", redis.prefix + "logina", Self.record)
            let store = RedisSessionStore(redis.client, prefix: redis.prefix)
            let records = try await store.records(for: ["list", "a"], on: redis.client.eventLoop).get()
            #expect(records == [nil, Self.read])
            await #expect(throws: StorageError.self) { try await store.record(of: "list") }
        }
    }

    @Test func writingARecordKeepsItsTimeToLive() async throws {
        try await TestRedis.with { redis in
            let store = RedisSessionStore(redis.client, prefix: redis.prefix)
            try await redis.send("SET", redis.prefix + "logina", Self.record, "EX", "1000")
            try await store.setRecord(Array("{}".utf8), of: "a")
            #expect(try await redis.send("GET", redis.prefix + "logina").text == "{}")
            #expect(try await redis.send("TTL", redis.prefix + "logina").integer ?? 0 > 900)
        }
    }

    @Test func anOutageFailsOnTheLoopThatAskedAndTheNextAnswerIsThere() async throws {
        try await RedisServer.with { server in
            try await TestRedis.with(url: server.url) { redis in
                let store = RedisSessionStore(redis.client, prefix: redis.prefix)
                try await redis.send("SET", redis.prefix + "logina", Self.record)
                try await server.kill()
                try await eventually("the loss is noticed") { !redis.client.isReady }
                for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
                    let (error, isOnLoop) = try await loop.flatSubmit {
                        store.records(for: ["a"], on: loop).map { _ in (nil as (any Error)?, false) }
                            .flatMapErrorThrowing { ($0, loop.inEventLoop) }
                    }.get()
                    #expect((error as? RedisError)?.code == .notConnected)
                    #expect(isOnLoop)
                }

                try await server.start()
                try await eventually("Redis is connected again") { redis.client.isReady }
                #expect(
                    try await store.records(for: ["a"], on: redis.client.eventLoop).get() == [nil], "it came back empty"
                )
            }
        }
    }

    /// Somebody who may not be asked about at this moment is not somebody without a login.
    @Test func anyOtherErrorIsAnOutage() async throws {
        try await RedisServer.with { server in
            try await TestRedis.with(url: server.url) { redis in
                try await redis.send("SET", redis.prefix + "logina", Self.record)
                let user = ["ACL", "SETUSER", "reader", "on", ">pw", "~none:*", "+@all"]
                #expect(try await redis.client.send(RedisCommand(user[0], Array(user[1...]))).get() == .status("OK"))
                let url = server.url.replacing("redis://", with: "redis://reader:pw@")
                try await TestRedis.with(url: url) { reader in
                    let store = RedisSessionStore(reader.client, prefix: redis.prefix)
                    let error = await #expect(throws: StorageError.self) {
                        try await store.records(for: ["a"], on: reader.client.eventLoop).get()
                    }
                    #expect(error?.message == "Redis answers NOPERM")
                }
            }
        }
    }
}
