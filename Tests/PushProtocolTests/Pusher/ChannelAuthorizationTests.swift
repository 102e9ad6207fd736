// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("Channels: authorization")
struct ChannelAuthorizationTests {
    static let key = "278d425bdf160c739803"
    static let secret = PusherSecret("7ad3773142a6692b25b8")
    static let socket = "1234.1234"

    struct Subscription: Sendable {
        var channel: String
        var channelData: String?
        var digest: String
    }

    static let subscriptions: [Subscription] = [
        Subscription(
            channel: "private-foobar", digest: "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4"
        ),
        Subscription(
            channel: "presence-foobar", channelData: #"{"user_id":10,"user_info":{"name":"Mr. Channels"}}"#,
            digest: "31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80"
        ),
        // A member who is signed in already.
        Subscription(
            channel: "presence-foobar", digest: "71506e66e7fdca106571b8999a849ad34245bc653772e51e0026c1a2475b92ba"
        ),
        // Escapes are signed as they are written.
        Subscription(
            channel: "presence-foobar", channelData: #"{"user_id":"é\/"}"#,
            digest: "2f26742129a472d9cf0da73d3079f4b54fb8e26014d0a69385ef3aeabbbdf06c"
        ),
    ]

    private static func accepts(
        _ auth: String, key: String = key, secret: PusherSecret = secret, socket: String = socket,
        _ channel: String, _ channelData: String?
    ) -> Bool {
        ChannelAuthorization.accepts(
            auth: auth, key: key, secret: secret, socketID: socket, channel: channel, channelData: channelData
        )
    }

    @Test("lets into the channel whom the app signed for, and nobody else", arguments: subscriptions)
    func subscription(_ subscription: Subscription) {
        let (channel, data) = (subscription.channel, subscription.channelData)
        let auth = "\(Self.key):\(subscription.digest)"
        #expect(
            ChannelAuthorization.auth(
                key: Self.key, secret: Self.secret, socketID: Self.socket, channel: channel, channelData: data
            ) == auth
        )
        #expect(Self.accepts(auth, channel, data))
        #expect(!Self.accepts(auth, channel + "x", data))
        #expect(!Self.accepts(auth, channel, (data ?? "{}") + " "))
        #expect(!Self.accepts(auth, socket: "1234.1235", channel, data))
        #expect(!Self.accepts(auth, key: "other", channel, data))
        #expect(!Self.accepts(auth, secret: PusherSecret("other"), channel, data))
        if data != nil { #expect(!Self.accepts(auth, channel, nil)) }
    }

    static let forged = [
        "", ":", "\(key)", "\(key):", digest, ":\(digest)", "\(key)\(digest)", "\(key)::\(digest)", "\(key):\(digest) ",
        " \(key):\(digest)", "\(key):\(digest):\(digest)", "\(key.uppercased()):\(digest)", "\(key):\(key):\(digest)",
        "\(key):\u{301}\(digest)", "\(key)x:\(digest)", "\(key.dropLast()):\(digest)",
    ]
    static let digest = "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4"

    @Test("takes key:digest and no other form", arguments: forged)
    func forms(auth: String) {
        #expect(!Self.accepts(auth, "private-foobar", nil))
    }

    @Test("signs in whom the app signed for, and nobody else")
    func signin() {
        let data = #"{"id":"12345"}"#
        let auth = "\(Self.key):4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba"
        func accepts(_ auth: String, _ data: String, socket: String = Self.socket, key: String = Self.key) -> Bool {
            ChannelAuthorization.accepts(auth: auth, key: key, secret: Self.secret, socketID: socket, userData: data)
        }
        #expect(
            ChannelAuthorization.auth(key: Self.key, secret: Self.secret, socketID: Self.socket, userData: data) == auth
        )
        #expect(accepts(auth, data))
        #expect(!accepts(auth, #"{"id":"12346"}"#))
        #expect(!accepts(auth, data, socket: "1234.12341"))
        #expect(!accepts(auth, data, key: "other"))
        #expect(!accepts("", data))
        // What lets into a channel signs nobody in, and the other way round.
        let channel = ChannelAuthorization.auth(
            key: Self.key, secret: Self.secret, socketID: Self.socket, channel: "presence-a", channelData: data
        )
        #expect(!accepts(channel, data))
        #expect(!Self.accepts(auth, "presence-a", data))
    }
}
