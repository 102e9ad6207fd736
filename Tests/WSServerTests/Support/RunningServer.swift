// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import NIOCore
import PushCore
import PushProtocol
import PushTesting
import WSServer

/// The WebSocket port on a real socket.
struct RunningServer: Sendable {
    let running: RunningHub
    let address: SocketAddress
    let limits: ConnectionLimits
    let isEncrypted: Bool

    /// Starts a server, and closes it behind the test.
    static func run(
        chat: ChatConfiguration = ChatConfiguration(), configuration: WSServerConfiguration = WSServerConfiguration(),
        headTimeout: TimeAmount = .seconds(60), trustedProxies: TrustedProxies = TrustedProxies(),
        limits: ConnectionLimits = ConnectionLimits(maximum: nil, perAddress: nil), identity: TLSIdentity? = nil,
        source: (any AppSource)? = nil, _ body: (RunningServer) async throws -> Void
    ) async throws {
        try await RunningHub.run(chat: chat) { running in
            let lookup = source.map { source in
                AppLookup(
                    hub: running.hub, source: source, clock: running.clock, lifetime: .seconds(60), capacity: 10,
                    report: { _ in }
                )
            }
            let endpoint = WebSocketEndpoint(
                configuration: configuration, hub: running.hub, clock: running.clock, lookup: lookup
            )
            let listener = try await PushListener.start(
                ListenerConfiguration(
                    host: "127.0.0.1", port: 0, headTimeout: headTimeout, unsentLimit: configuration.unsentLimit,
                    trustedProxies: trustedProxies
                ),
                routes: ConnectionRoutes(
                    webSocket: { head, connection throws(HTTPRefusal) in try endpoint.handler(for: head, on: connection)
                    },
                    http: { $0.channel.close(promise: nil) }
                ),
                limits: limits, on: running.group, identity: identity
            )
            do {
                try await body(
                    RunningServer(
                        running: running, address: listener.address, limits: limits, isEncrypted: identity != nil
                    )
                )
            } catch {
                await listener.close()
                throw error
            }
            await listener.close()
        }
    }

    /// A client that is logged in, and has read the frame that says so.
    func logIn(_ uid: String, source: String = "app", from address: String? = nil) async throws -> WebSocketClient {
        let target = "/?access_token=\(self.running.accessToken(of: uid, source: source))"
        let client = try await WebSocketClient.connect(
            to: self.address, target, from: address, isEncrypted: self.isEncrypted
        )
        let answer = try await client.next()
        guard try FrameMembers(answer.text).code == 200 else { throw WebSocketClient.Refused(answer: answer.text) }
        return client
    }

    /// Does something while another client, who has nothing to do with it, has its round trips; each must be answered.
    ///
    /// - Returns: how many there were.
    @discardableResult
    func whileAnotherIsServed(_ body: () async throws -> Void) async throws -> Int {
        let healthy = try await self.logIn("healthy")
        let trips = Task {
            var count = 0
            while !Task.isCancelled {
                try await healthy.roundTrip()
                count += 1
            }
            return count
        }
        let result: Result<Void, any Error>
        do {
            try await body()
            result = .success(())
        } catch {
            result = .failure(error)
        }
        trips.cancel()
        let count = try await trips.value
        try result.get()
        try await healthy.roundTrip()
        await healthy.close()
        return count
    }

    /// Waits until a number of connections is open.
    func waitForConnections(_ count: Int) async throws {
        try await Eventually.holds("\(count) connections are open") { self.limits.open == count }
    }
}
