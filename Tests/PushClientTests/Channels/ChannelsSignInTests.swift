// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushTesting
import Synchronization
import Testing

@testable import PushClient

/// A sign-in, and what becomes of it when the connection breaks.
@Suite struct ChannelsSignInTests {
    private static let greeting =
        #"{"event":"pusher:connection_established","data":"{\"socket_id\":\"1.2\",\"activity_timeout\":120}"}"#
    private static let success = #"{"event":"pusher:signin_success","data":{"user_data":"{\"id\":\"u1\"}"}}"#
    private static let userChannel = "#server-to-user-u1"
    private static let subscribed =
        #"{"event":"pusher_internal:subscription_succeeded","channel":"\#(userChannel)","data":"{}"}"#

    /// Signs, but for the calls that the test wants to fail: true for each of those.
    private final class Authorizer: ChannelAuthorizer {
        private let failures: Mutex<[Bool]>
        private let signer: AppAuthorizer

        init(failures: [Bool]) throws {
            self.failures = Mutex(failures)
            self.signer = try AppAuthorizer(app: AppCredentials(id: "1", key: "k", secret: "s"), userID: "u1")
        }

        func authorization(socketID: String, channel: String) async throws -> ChannelAuthorization {
            self.signer.authorization(socketID: socketID, channel: channel)
        }

        func userAuthentication(socketID: String) async throws -> UserAuthentication {
            let fails = self.failures.withLock { $0.isEmpty ? false : $0.removeFirst() }
            if fails { throw PushClientError(code: .connection, message: "away") }
            return self.signer.userAuthentication(socketID: socketID)
        }
    }

    private func client(_ server: ScriptedServer, failures: [Bool] = []) throws -> ChannelsClient {
        var options = PushServerProcess.options
        options.requestTimeout = .seconds(10)
        return try ChannelsClient(
            url: server.url, key: "k", authorizer: Authorizer(failures: failures), options: options)
    }

    @Test(.timeLimit(.minutes(1))) func oneThatFailsAfterAReconnectionIsTriedAgain() async throws {
        try await ScriptedServer.with { connection, number in
            try await connection.send(Self.greeting)
            let first = try await connection.receive() ?? ""
            try await connection.send(Self.success)
            let second = try await connection.receive() ?? ""
            try await connection.send(Self.subscribed)
            guard number > 0 else { return try await connection.channel.close() }
            let isInOrder = first.contains("pusher:signin") && second.contains(Self.userChannel)
            try await connection.send(
                #"{"event":"order","channel":"\#(Self.userChannel)","data":"\#(isInOrder)"}"#)
        } _: { server in
            let client = try self.client(server, failures: [false, true])
            var notices = await client.notices().makeAsyncIterator()
            try await client.whileConnected { client in
                #expect(try await client.signIn() == "u1")
                let user = try await client.subscribeToUser()
                let notice = try await notices.next()
                #expect(notice == .error(code: nil, message: "away"))
                #expect(await client.userID == nil)
                #expect(try await client.signIn() == "u1")
                #expect(try await user.nextMessage()?.data == "true")
                #expect(await client.userID == "u1")
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func oneThatIsRefusedAfterAReconnectionEndsTheUsersChannel() async throws {
        try await ScriptedServer.with { connection, number in
            try await connection.send(Self.greeting)
            _ = try await connection.receive()
            guard number == 0 else {
                return try await connection.send(
                    #"{"event":"pusher:error","data":{"code":null,"message":"not you"}}"#)
            }
            try await connection.send(Self.success)
            _ = try await connection.receive()
            try await connection.send(Self.subscribed)
            try await connection.channel.close()
        } _: { server in
            try await self.client(server).whileConnected { client in
                try await client.signIn()
                let user = try await client.subscribeToUser()
                await #expect { try await user.next() } throws: {
                    ($0 as? PushClientError)?.message == "not you"
                }
                await #expect { try await client.subscribeToUser() } throws: {
                    ($0 as? PushClientError)?.code == .refused
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [4301, 4302]) func anErrorAboutSomethingElseDoesNotFailIt(
        _ code: Int
    ) async throws {
        try await ScriptedServer.with { connection, _ in
            try await connection.send(Self.greeting)
            _ = try await connection.receive()
            try await connection.send(#"{"event":"pusher:error","data":{"code":\#(code),"message":"too many"}}"#)
            try await connection.send(Self.success)
        } _: { server in
            try await self.client(server).whileConnected { client in
                let id = try await client.signIn()
                #expect(id == "u1")
            }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["null", "4009", "4303"]) func anErrorThatMayBeAboutItFailsIt(
        _ code: String
    ) async throws {
        try await ScriptedServer.with { connection, _ in
            try await connection.send(Self.greeting)
            _ = try await connection.receive()
            try await connection.send(#"{"event":"pusher:error","data":{"code":\#(code),"message":"no"}}"#)
        } _: { server in
            let client = try self.client(server)
            try await client.connect()
            await #expect { try await client.signIn() } throws: { ($0 as? PushClientError)?.code == .refused }
            await client.disconnect()
        }
    }
}
