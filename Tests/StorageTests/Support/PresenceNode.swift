// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import PushCore
import PushProtocol

@testable import Storage

/// A node of a test: who is there, and the presence that tells Redis.
struct PresenceNode {
    let terminals = TerminalDirectory()
    let presence: RedisPresence

    /// Runs a test with a node whose presence is being written.
    static func with(
        _ redis: TestRedis, ip: String = "10.0.0.1", format: PHPValue.Format = .json, limit: Int = 100_000,
        logger: Logger = .silent, _ body: (PresenceNode) async throws -> Void
    ) async throws {
        let presence = RedisPresence(
            client: redis.client, address: AdvertisedAddress(ip: ip, port: 9501, udpPort: 9502), prefix: redis.prefix,
            format: format, limit: limit, logger: logger, pause: { _ in try await Task.sleep(for: .milliseconds(5)) }
        )
        let node = PresenceNode(presence: presence)
        let run = Task { await presence.run(node.terminals) }
        do {
            try await body(node)
        } catch {
            run.cancel()
            await run.value
            throw error
        }
        run.cancel()
        await run.value
    }

    /// Waits until Redis has been told everything once.
    func inStep() async throws {
        try await eventually("presence is in step") { self.presence.currentStatus.problem == nil }
    }

    /// A session gets a terminal, and says so unless told otherwise.
    @discardableResult
    func login(
        _ uid: String, _ source: String = "app", session: UInt64, time: Int64 = 100, isApplied: Bool = true
    ) -> PresenceChange {
        let change = PresenceChange(
            uid: uid, source: source, session: SessionID(rawValue: session), time: time, isOnline: true
        )
        let terminal = TerminalDirectory.Terminal(uid: uid, source: source)
        _ = self.terminals.register(terminal, session: change.session, time: time)
        if isApplied { self.presence.apply([change]) }
        return change
    }

    /// A session ends; as in the core it says so only where it still has its terminal.
    func logout(_ change: PresenceChange) {
        var change = change
        change.isOnline = false
        let terminal = TerminalDirectory.Terminal(uid: change.uid, source: change.source)
        if self.terminals.unregister(terminal, session: change.session) { self.presence.apply([change]) }
    }
}

/// What stands in Redis, without what is not compared.
extension TestRedis {
    /// Where each user's terminals are: `uid` → `source` → `ip fd`.
    func users() async throws -> [String: [String: String]] {
        try await self.hash("ws_clientInfo").mapValues { value in
            Self.entries(value).mapValues { entry in "\(entry["ip"] ?? "?") \(entry["fd"] ?? "?")" }
        }
    }

    /// The sessions of a node: `fd` → `uid source`.
    func sessions(of ip: String = "10.0.0.1") async throws -> [String: String] {
        try await self.hash("ws_fdInfo:\(ip)9501").mapValues { value in
            let members = Self.members(value)
            return "\(members["uid"] ?? "?") \(members["source"] ?? "?")"
        }
    }

    private static func entries(_ value: String) -> [String: [String: String]] {
        var value = value
        guard case .array(let entries)? = value.withUTF8({ PHPValue(stored: UnsafeRawBufferPointer($0)) }) else {
            return [:]
        }
        return entries.reduce(into: [:]) { $0[$1.0] = self.members($1.1) }
    }

    private static func members(_ value: String) -> [String: String] {
        var value = value
        return value.withUTF8 { PHPValue(stored: UnsafeRawBufferPointer($0)) }.map { self.members($0) } ?? [:]
    }

    private static func members(_ value: PHPValue) -> [String: String] {
        guard case .array(let members) = value else { return [:] }
        return members.reduce(into: [:]) { $0[$1.0] = $1.1.text }
    }
}
