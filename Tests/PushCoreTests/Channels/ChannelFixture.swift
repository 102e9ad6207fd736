// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import PushTesting

/// A hub with one app, and clients that subscribe with the right signatures.
struct ChannelFixture {
    static let secret = "a secret of the app's"

    let fixture: HubFixture
    let app: App

    /// - Parameter isChat: whether the app's users are those of the chat.
    init(
        loops: Int = 1, isChat: Bool = false, channels: ChannelConfiguration = ChannelConfiguration(),
        trafficLoops: Int = 0, extensions: HubExtensions? = nil, _ change: (inout AppConfiguration) -> Void = { _ in }
    ) {
        var configuration = AppConfiguration(id: "1", key: "key", secret: Self.secret, allowsClientEvents: true)
        change(&configuration)
        self.fixture = HubFixture(
            loops: loops, channels: channels, apps: [configuration], chatApp: isChat ? "1" : nil,
            trafficLoops: trafficLoops, extensions: extensions
        )
        guard let app = self.fixture.hub.apps.app(id: "1") else { preconditionFailure("the app is there") }
        self.app = app
    }

    /// A client that has been greeted; its log is empty.
    func connect(as dialect: Dialect? = nil, on loop: Int = 0) -> ChannelClient {
        let client = self.fixture.connect(to: self.app, dialect: dialect, on: loop)
        _ = client.takeTexts()
        return client
    }

    /// A client asks for a channel, with what that needs; the loops do not turn.
    func ask(_ client: ChannelClient, for channel: String, user: String? = nil, info: String = "{}") {
        let channelData = user.map { #"{"user_id":"\#($0)","user_info":\#(info)}"# }
        let auth = ChannelAuthorization.auth(
            key: "key", secret: PusherSecret(Self.secret), socketID: client.session?.socketID.text ?? "",
            channel: channel, channelData: channelData
        )
        let extra = channelData.map { #","channel_data":"\#($0.replacing("\"", with: "\\\""))""# } ?? ""
        client.receive(
            #"{"event":"pusher:subscribe","data":{"channel":"\#(channel)","auth":"\#(auth)"\#(extra)}}"#
        )
    }

    /// A client subscribes; what it was told about that is given back.
    func subscribe(_ client: ChannelClient, to channel: String, user: String? = nil, info: String = "{}") -> [String] {
        self.ask(client, for: channel, user: user, info: info)
        self.fixture.run()
        return client.takeTexts()
    }

    func unsubscribe(_ client: ChannelClient, from channel: String) {
        client.receive(#"{"event":"pusher:unsubscribe","data":{"channel":"\#(channel)"}}"#)
    }

    /// A client signs in.
    func signIn(_ client: ChannelClient, as user: String, watchlist: [String] = []) -> [String] {
        let list = watchlist.map { #"\"\#($0)\""# }.joined(separator: ",")
        let escaped = #"{\"id\":\"\#(user)\",\"watchlist\":[\#(list)]}"#
        let auth = ChannelAuthorization.auth(
            key: "key", secret: PusherSecret(Self.secret), socketID: client.session?.socketID.text ?? "",
            userData: escaped.replacing("\\\"", with: "\"")
        )
        client.receive(#"{"event":"pusher:signin","data":{"auth":"\#(auth)","user_data":"\#(escaped)"}}"#)
        self.fixture.run()
        return client.takeTexts()
    }

    /// A backend sends an event.
    func trigger(
        _ name: String, on channel: String, data: String = #""1""#, except: SocketID? = nil, from loop: Int = 0
    ) {
        guard let channel = ChannelName(channel, dialect: self.app.settings.value.dialect) else {
            preconditionFailure("no channel: \(channel)")
        }
        self.fixture.hub.trigger(
            ChannelEvent(name: name, data: ByteBuffer(string: data)), on: [channel], of: self.app, except: except,
            from: self.fixture.shard(loop)
        )
    }
}
