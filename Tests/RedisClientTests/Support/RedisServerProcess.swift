// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOPosix
import RedisClient

/// A redis-server of the test's own: on the loopback, on a free port, without persistence.
final class RedisServerProcess: Sendable {
    let port: Int
    private let directory: URL
    private let process: Process

    /// Whether there is a `redis-server` to start.
    static let isAvailable: Bool = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/redis-server") }
    }()

    /// Runs the body with a server, which is killed afterwards. It may not listen yet: a client retries.
    static func run(
        password: String? = nil,
        _ body: (RedisServerProcess) async throws -> Void
    ) async throws {
        let server = try RedisServerProcess(port: try await freePort(), password: password)
        defer { server.remove() }
        try await body(server)
    }

    /// Runs the body with a server that comes back on the port of one that was killed.
    func runAgain(_ body: (RedisServerProcess) async throws -> Void) async throws {
        let server = try RedisServerProcess(port: self.port, password: nil)
        defer { server.remove() }
        try await body(server)
    }

    private init(port: Int, password: String?) throws {
        self.port = port
        let name = "redis-test-\(UUID().uuidString)"
        self.directory = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "redis-server", "--bind", "127.0.0.1", "--port", "\(port)", "--save", "", "--appendonly", "no",
            "--dir", self.directory.path, "--loglevel", "warning",
        ]
        if let password {
            process.arguments?.append(contentsOf: ["--requirepass", password])
        }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        self.process = process
        try process.run()
    }

    /// Ends the server as a crash would: no goodbye.
    func kill() {
        Foundation.kill(self.process.processIdentifier, SIGKILL)
        self.process.waitUntilExit()
    }

    /// Lets the server hang: its sockets stay open and nothing is answered.
    func freeze() {
        Foundation.kill(self.process.processIdentifier, SIGSTOP)
    }

    /// Ends the hanging.
    func thaw() {
        Foundation.kill(self.process.processIdentifier, SIGCONT)
    }

    private func remove() {
        if self.process.isRunning {
            self.kill()
        }
        try? FileManager.default.removeItem(at: self.directory)
    }

    private static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close().get()
        return port
    }
}
