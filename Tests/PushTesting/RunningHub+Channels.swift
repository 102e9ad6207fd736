// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
package import PushCore
internal import PushProtocol

extension RunningHub {
    /// A client of channels, without a socket.
    package struct ChannelConnection: Sendable {
        private let app: App
        private let client: NIOLoopBound<ChannelClient>
        private let log: NIOLoopBound<Texts>
        package let socketID: String

        /// What came and nobody has asked for yet.
        private final class Texts {
            var texts: [String] = []
        }

        fileprivate init(_ hub: Hub, _ app: App, shard: Shard, clock: any ServerClock) {
            precondition(app.enter(), "the app has no place left")
            let client = ChannelClient(shard: shard, clock: clock)
            // As at the server's port: in an app of workbunny's, what a client of Pusher's gets is translated.
            client.connect(to: hub, app: app, dialect: app.settings.value.dialect.isWorkbunny ? .pusher : nil)
            self.app = app
            self.client = NIOLoopBound(client, eventLoop: shard.loop)
            self.log = NIOLoopBound(Texts(), eventLoop: shard.loop)
            self.socketID = client.session?.socketID.text ?? ""
        }

        /// Waits for frames, and takes them.
        ///
        /// - Parameter count: how many have to come; more may have come.
        package func texts(_ count: Int) async throws -> [String] {
            try await Eventually.holds("\(count) frames came") {
                try await self.client.eventLoop.submit {
                    self.log.value.texts += self.client.value.takeTexts()
                    return self.log.value.texts.count >= count
                }.get()
            }
            return try await self.client.eventLoop.submit {
                defer { self.log.value.texts = [] }
                return self.log.value.texts
            }.get()
        }

        /// Subscribes, and waits until that is done.
        ///
        /// - Parameter user: who it is, on a presence channel.
        package func subscribe(to channel: String, user: String? = nil) async throws {
            let channelData = user.map { "{\"user_id\":\"\($0)\"}" }
            let settings = self.app.settings.value
            let auth = ChannelAuthorization.auth(
                key: settings.key, secret: PusherSecret(settings.secret), socketID: self.socketID, channel: channel,
                channelData: channelData
            )
            let extra = channelData.map { ",\"channel_data\":\"\($0.replacing("\"", with: "\\\""))\"" } ?? ""
            try await self.receive(
                "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"\(channel)\",\"auth\":\"\(auth)\"\(extra)}}"
            )
            _ = try await self.texts(1)
        }

        /// Signs in, and waits until that is done.
        package func signIn(as user: String) async throws {
            let settings = self.app.settings.value
            let userData = "{\"id\":\"\(user)\"}"
            let auth = ChannelAuthorization.auth(
                key: settings.key, secret: PusherSecret(settings.secret), socketID: self.socketID, userData: userData
            )
            let escaped = userData.replacing("\"", with: "\\\"")
            try await self.receive(
                "{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"\(auth)\",\"user_data\":\"\(escaped)\"}}"
            )
            _ = try await self.texts(1)
        }

        /// How the server ended it; nil while it has not.
        package func close() async throws -> RecordingTransport.Close? {
            try await self.client.eventLoop.submit { self.client.value.close }.get()
        }

        private func receive(_ text: String) async throws {
            try await self.client.eventLoop.submit { self.client.value.receive(text) }.get()
        }
    }

    /// A client of an app connects, on one of the loops, and has been greeted.
    package func connect(to app: App, on loop: Int = 0) async throws -> ChannelConnection {
        let loop = self.loops[loop]
        let connection = try await loop.submit {
            guard let shard = self.hub.shard(on: loop) else { preconditionFailure("a loop without a shard") }
            return ChannelConnection(self.hub, app, shard: shard, clock: self.clock)
        }.get()
        _ = try await connection.texts(1)
        return connection
    }
}
