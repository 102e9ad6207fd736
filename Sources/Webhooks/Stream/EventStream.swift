// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
package import RedisClient

/// A stream of Redis, and our group of readers of it.
package struct EventStream: Sendable {
    /// An entry as it was read.
    struct Entry: Sendable {
        let id: String
        /// Names and values in turn; empty where it was deleted meanwhile.
        let fields: [RedisValue]
    }

    /// What Redis answered instead.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Where a search begins.
    static let beginning = "0-0"
    /// More entries than these are not kept, whoever has not read them.
    private static let maximumLength = 1_000_000
    /// Takes what no server of the group knows until one does: nobody reads as this one.
    private static let nobody = "unknown-app"

    private let client: RedisClient
    private let key: String
    private let group: String
    private let consumer: String

    /// - Parameters:
    ///   - client: not shared, and started.
    ///   - consumer: different for each server that reads the stream.
    package init(client: RedisClient, key: String, consumer: String) {
        self.client = client
        self.key = key
        self.group = key + ":swift-push-server"
        self.consumer = consumer
    }

    /// Whether Redis can be asked.
    var isReady: Bool { self.client.isReady }

    /// Makes the group, which begins with the oldest entry.
    func prepare() async throws {
        let reply = try await self.client.send(
            RedisCommand("XGROUP", "CREATE", self.key, self.group, "0", "MKSTREAM")
        ).get()
        if let error = reply.errorMessage, reply.errorKind != "BUSYGROUP" { throw Failure(description: error) }
    }

    /// Adds entries, in their order.
    func add(_ entries: [[RedisCommand.Argument]]) async throws {
        let commands = entries.map { fields in
            RedisCommand(
                "XADD", [.string(self.key), "MAXLEN", "~", .integer(Self.maximumLength), "*"] + fields)
        }
        for reply in try await self.client.send(commands).get() { try Self.check(reply) }
    }

    /// Entries that nobody of the group has had.
    func read(atMost count: Int) async throws -> [Entry] {
        try await self.read(after: ">", atMost: count)
    }

    /// Entries that this reader has had and not acknowledged.
    func readAgain(after id: String, atMost count: Int) async throws -> [Entry] {
        try await self.read(after: id, atMost: count)
    }

    /// Takes over entries that another reader has had for a long time and not acknowledged.
    ///
    /// - Parameter start: where the last call ended.
    /// - Returns: the entries, and where the next call starts.
    func claim(idle: Duration, from start: String, atMost count: Int) async throws -> (entries: [Entry], next: String) {
        let reply = try await self.client.send(
            RedisCommand(
                "XAUTOCLAIM",
                [
                    .string(self.key), .string(self.group), .string(self.consumer),
                    .integer(idle.components.seconds * 1000), .string(start), "COUNT", .integer(count),
                ])
        ).get()
        try Self.check(reply)
        guard let parts = reply.elements, parts.count >= 2 else { return ([], Self.beginning) }
        return (Self.entries(parts[1]), parts[0].text ?? Self.beginning)
    }

    /// Leaves entries to whoever takes them over, without their being read again by this reader.
    func leave(_ ids: [String]) async throws {
        guard !ids.isEmpty else { return }
        let reply = try await self.client.send(
            RedisCommand("XCLAIM", [self.key, self.group, Self.nobody, "0"] + ids + ["JUSTID"])
        ).get()
        try Self.check(reply)
    }

    /// The group is done with entries.
    ///
    /// - Parameter deleted: those of them that nobody else has to read.
    func acknowledge(_ ids: [String], deleting deleted: [String]) async throws {
        guard !ids.isEmpty else { return }
        var commands = [RedisCommand("XACK", [self.key, self.group] + ids)]
        if !deleted.isEmpty { commands.append(RedisCommand("XDEL", [self.key] + deleted)) }
        for reply in try await self.client.send(commands).get() { try Self.check(reply) }
    }

    func close() async {
        try? await self.client.shutdown().get()
    }

    private func read(after id: String, atMost count: Int) async throws -> [Entry] {
        let reply = try await self.client.send(
            RedisCommand(
                "XREADGROUP", "GROUP", self.group, self.consumer, "COUNT", "\(count)", "STREAMS", self.key, id)
        ).get()
        try Self.check(reply)
        // One stream: its key and its entries.
        guard let stream = reply.elements?.first?.elements, stream.count == 2 else { return [] }
        return Self.entries(stream[1])
    }

    private static func entries(_ value: RedisValue) -> [Entry] {
        (value.elements ?? []).compactMap { entry in
            guard let parts = entry.elements, parts.count == 2, let id = parts[0].text else { return nil }
            return Entry(id: id, fields: parts[1].elements ?? [])
        }
    }

    private static func check(_ reply: RedisValue) throws {
        if let error = reply.errorMessage { throw Failure(description: error) }
    }
}
