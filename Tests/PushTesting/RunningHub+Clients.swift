// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import PushProtocol

extension RunningHub {
    /// A client that is logged in, without a socket.
    package struct Client: Sendable {
        fileprivate let transport: NIOLoopBound<RecordingTransport>

        /// The texts of the frames that came, in order; all that was on its way when this was called.
        package func texts() async throws -> [String] {
            // A letter to the loop is read in one task, and what it held goes out in the next.
            try await self.transport.eventLoop.submit {}.get()
            return try await self.transport.eventLoop.submit { self.transport.value.texts }.get()
        }

        /// How the server ended it; nil while it has not.
        package func close() async throws -> RecordingTransport.Close? {
            try await self.transport.eventLoop.submit { self.transport.value.close }.get()
        }

        package func disconnect() async throws {
            try await self.transport.eventLoop.submit { self.transport.value.disconnect() }.get()
        }
    }

    /// Logs a client in, on one of the loops; its log is empty.
    package func logIn(_ uid: String, source: String = "app", on loop: Int = 0) async throws -> Client {
        let options = ChatSession.Options(accessToken: self.accessToken(of: uid, source: source))
        let loop = self.loops[loop]
        let transport = try await loop.submit {
            guard let shard = self.hub.shard(on: loop) else { preconditionFailure("a loop without a shard") }
            let transport = RecordingTransport(shard: shard, clock: self.clock)
            transport.connect(to: self.hub, options: options)
            return NIOLoopBound(transport, eventLoop: loop)
        }.get()
        try await Eventually.holds("\(uid) is logged in") {
            try await loop.submit { transport.value.session?.isLoggedIn == true }.get()
        }
        try await loop.submit { transport.value.forget() }.get()
        return Client(transport: transport)
    }
}
