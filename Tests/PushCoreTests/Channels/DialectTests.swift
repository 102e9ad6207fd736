// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import PushTesting
import Testing

@testable import PushCore

@Suite("Sessions of dialects")
struct DialectTests {
    /// What varies is cut off: who gets a frame, and when.
    private func texts(_ client: ChannelClient) -> [String] {
        client.takeTexts().map { text in
            text.hasPrefix(#"{"appKey""#) ? "{" + text.split(separator: ",", maxSplits: 3)[3] : text
        }
    }

    private func subscribe(_ client: ChannelClient, to channel: String, auth: String, channelData: String? = nil) {
        let data = channelData.map { #","channel_data":\#($0)"# } ?? ""
        client.receive(#"{"event":"pusher:subscribe","data":{"channel":"\#(channel)","auth":"\#(auth)"\#(data)}}"#)
    }

    private func sign(_ client: ChannelClient, _ channel: String, _ channelData: String? = nil) -> String {
        ChannelAuthorization.auth(
            key: "key", secret: PusherSecret(ChannelFixture.secret), socketID: client.session?.socketID.text ?? "",
            channel: channel, channelData: channelData
        )
    }

    @Test("of all kinds meet in one channel, on one loop or several", arguments: [1, 2])
    func together(loops: Int) {
        let channels = ChannelFixture(loops: loops) { $0.dialect = .workbunny3 }
        let dialects: [Dialect?] = [.webmanPush, .workbunny2, .workbunny3, .pusher, .webmanPush]
        let clients = dialects.enumerated().map { channels.connect(as: $1, on: $0 % loops) }
        for client in clients { _ = channels.subscribe(client, to: "private-房间:1/2") }
        let expected: (String, Bool) -> [String] = { name, isClients in
            let data = #"{"a":1}"#
            let text = #""{\"a\":1}""#
            let channel = #""channel":"private-房间:1/2""#
            let webman = #"{"event":"\#(name)","data":\#(text),\#(channel)}"#
            let workbunny = #"{\#(channel),"event":"\#(name)","data":\#(data)}"#
            let pusher =
                isClients
                ? #"{"event":"\#(name)","data":\#(data),\#(channel)}"#
                : #"{"event":"\#(name)",\#(channel),"data":\#(text)}"#
            return [webman, workbunny, workbunny, pusher, webman]
        }
        channels.trigger("ev", on: "private-房间:1/2", data: #"{"a":1}"#)
        channels.fixture.run()
        #expect(clients.map { self.texts($0) } == expected("ev", false).map { [$0] })
        clients[4].receive(#"{"event":"client-e","channel":"private-房间:1/2","data":{"a":1}}"#)
        channels.fixture.run()
        #expect(clients.map { self.texts($0) } == expected("client-e", true).dropLast().map { [$0] } + [[]])
    }

    @Test("get the event that a cache channel keeps, in their form")
    func cached() {
        let channels = ChannelFixture { $0.dialect = .workbunny2 }
        channels.trigger("ev", on: "cache-ü", data: #"{"a":1}"#)
        let client = channels.connect(as: .workbunny2)
        #expect(
            channels.subscribe(client, to: "cache-ü") == [
                #"{"channel":"cache-ü","event":"pusher_internal:subscription_succeeded","data":"{}"}"#,
                #"{"channel":"cache-ü","event":"ev","data":{"a":1}}"#,
            ]
        )
    }

    @Test("take a signature for the text that was signed, and for no other channel")
    func signatures() {
        let channels = ChannelFixture { $0.dialect = .workbunny2 }
        func answers(_ channel: String, _ signed: (ChannelClient) -> String, _ channelData: String? = nil) -> Bool {
            let client = channels.connect(as: .workbunny2)
            self.subscribe(client, to: channel, auth: signed(client), channelData: channelData)
            channels.fixture.run()
            let texts = self.texts(client)
            return texts.count == 1 && texts[0].contains("subscription_succeeded")
        }
        let object = #"{"user_info":"{\"n\":\"a/b\"}","user_id":"u"}"#
        let signed = #"{"user_id":"u","user_info":"{\"n\":\"a\/b\"}"}"#
        #expect(answers("presence-a", { self.sign($0, "presence-a", signed) }, object))
        #expect(!answers("presence-a", { self.sign($0, "presence-a", object) }, object))
        #expect(!answers("presence-a", { self.sign($0, "presence-a") }, object))
        // What their endpoint answers for a private channel is sent along, whether it was signed or not.
        #expect(answers("private-a", { self.sign($0, "private-a") }, object))
        #expect(answers("private-a", { self.sign($0, "private-a", signed) }, object))
        #expect(!answers("private-a", { self.sign($0, "private-b") }, object))
        // A colon in a name makes no signature good for the channel before it.
        #expect(answers("private-a:b", { self.sign($0, "private-a:b") }))
        #expect(!answers("private-a", { self.sign($0, "private-a:b") }, #""b""#))
        #expect(!answers(#"private-a:{\"x\":1}"#, { self.sign($0, #"private-a:{"x":1}"#) }))
    }

    @Test("of Pusher's take no such signature either, where names are free")
    func signaturesOfPushers() {
        let channels = ChannelFixture { $0.dialect = .webmanPush }
        let client = channels.connect()
        self.subscribe(client, to: "private-a", auth: self.sign(client, "private-a:b"), channelData: #""b""#)
        channels.fixture.run()
        #expect(client.takeTexts().first?.contains("subscription_error") == true)
    }

    @Test("that are silent are pinged by the WebSocket, and told what their server told them", arguments: [1, 2])
    func silent(loops: Int) {
        let configuration = ChannelConfiguration(activityTimeout: 60_000_000_000, pongTimeout: 30_000_000_000)
        let channels = ChannelFixture(loops: loops, channels: configuration) { $0.dialect = .workbunny3 }
        let silent = channels.connect(as: .workbunny3)
        _ = channels.subscribe(silent, to: "busy")
        // What is sent to it is no sign of its life.
        for _ in 0..<8 {
            channels.fixture.advance(by: .seconds(10))
            channels.trigger("ev", on: "busy")
            channels.fixture.run()
        }
        #expect(self.texts(silent).contains("(ping)"))
        #expect(silent.close == nil)
        channels.fixture.advance(by: .seconds(20))
        #expect(silent.close?.code == .noSignOfLife)
        #expect(
            self.texts(silent).last
                == #"{"event":"pusher:terminate_connection","data":{"type":"heartbeat","#
                + #""message":"Terminate connection by heartbeat"}}"#
        )
    }

    @Test("that talk nonsense without end are closed")
    func hostile() {
        let channels = ChannelFixture { $0.dialect = .webmanPush }
        let client = channels.connect(as: .webmanPush)
        for _ in 0..<300 { client.receive("notjson") }
        channels.fixture.run()
        #expect(client.close?.code == .overCapacity)
        #expect(channels.fixture.shard().sessionCount == 0)
    }

    @Test("in a presence channel are known to the backend by that name")
    func terminated() {
        let channels = ChannelFixture { $0.dialect = .workbunny2 }
        let clients = (0..<3).map { _ in channels.connect(as: .workbunny2) }
        for (client, user) in zip(clients, ["a/ü", "a/ü", "b"]) {
            let data = #"{"user_id":"\#(user)","user_info":"{}"}"#
            let signed = #"{"user_id":"\#(user.replacing("/", with: "\\/"))","user_info":"{}"}"#
            self.subscribe(client, to: "presence-a", auth: self.sign(client, "presence-a", signed), channelData: data)
        }
        channels.fixture.run()
        channels.fixture.hub.terminateMembers("a/ü", in: channels.app)
        channels.fixture.run()
        #expect(clients.map { $0.close?.code } == [.notAuthorized, .notAuthorized, nil])
    }

    /// A member of a presence channel that names itself by its client, as it may in every app.
    private func member(_ channels: ChannelFixture, as dialect: Dialect) -> ChannelClient {
        let client = channels.connect(as: dialect)
        let data = #"{"user_id":"v","user_info":"{}"}"#
        self.subscribe(
            client, to: "presence-guests", auth: self.sign(client, "presence-guests", data), channelData: data
        )
        channels.fixture.run()
        #expect(self.texts(client).first?.contains("subscription_succeeded") == true)
        return client
    }

    static let speakers = [Dialect.webmanPush, .workbunny2, .workbunny3]

    @Test("are nobody's user by being in a presence channel", arguments: Dialect.allCases, speakers)
    func noUser(app: Dialect, dialect: Dialect) {
        let channels = ChannelFixture { $0.dialect = app }
        let client = self.member(channels, as: dialect)
        client.receive(##"{"event":"pusher:subscribe","data":{"channel":"#server-to-user-v"}}"##)
        channels.fixture.run()
        let texts = self.texts(client)
        #expect(texts.count == 1 && texts[0].contains("pusher:error"))
        channels.trigger("ev", on: "#server-to-user-v")
        channels.fixture.run()
        #expect(self.texts(client).isEmpty)
        #expect(client.session?.signin == nil)
        #expect(!channels.fixture.hub.isSignedIn("v", in: channels.app))
    }

    @Test("need no sign-in as members, where the app is of a dialect", arguments: Dialect.allCases, speakers)
    func strict(app: Dialect, dialect: Dialect) {
        let channels = ChannelFixture {
            $0.dialect = app
            $0.requiresSignin = true
        }
        let (member, other) = (self.member(channels, as: dialect), channels.connect(as: dialect))
        channels.fixture.advance(by: .seconds(31))
        #expect([member, other].map { $0.close?.code } == [app == .pusher ? .notAuthorized : nil, .notAuthorized])
    }

    @Test("that their app takes on keep who is translated, and have the others come back")
    func reloaded() {
        let channels = ChannelFixture(loops: 2)
        let pusher = [channels.connect(), channels.connect(on: 1)]
        let workbunny = channels.connect(as: .workbunny2)
        func reload(_ dialect: Dialect) {
            var settings = channels.app.settings.value
            settings.dialect = dialect
            channels.fixture.hub.update(apps: [settings], chat: nil)
            channels.fixture.run()
        }
        reload(.webmanPush)
        #expect((pusher + [workbunny]).allSatisfy { $0.close == nil })
        reload(.workbunny3)
        #expect(pusher.map { $0.close?.code } == [.restart, .restart])
        #expect(workbunny.close == nil)
        let translated = channels.connect(as: .pusher)
        _ = channels.subscribe(translated, to: "private-a")
        channels.trigger("ev", on: "private-a", data: #"{"a":1}"#)
        channels.fixture.run()
        #expect(translated.takeTexts() == [#"{"event":"ev","channel":"private-a","data":"{\"a\":1}"}"#])
        reload(.workbunny2)
        #expect(translated.close == nil)
    }

    @Test("know whose an event is by who sent it, however it is named")
    func named() {
        let channels = ChannelFixture { $0.dialect = .webmanPush }
        let (sender, receiver) = (channels.connect(as: .webmanPush), channels.connect(as: .webmanPush))
        for client in [sender, receiver] { _ = channels.subscribe(client, to: "private-a") }
        channels.trigger("client-test", on: "private-a", data: #""{\"a\":1}""#)
        channels.fixture.run()
        let event = #"{"event":"client-test","data":"{\"a\":1}","channel":"private-a"}"#
        #expect(receiver.takeTexts() == [event])
        for name in ["client-test", #"\u0063lient-test"#, #"client\u002dtest"#] {
            sender.receive(#"{"event":"\#(name)","channel":"private-a","data":{"a":1}}"#)
            channels.fixture.run()
            #expect(receiver.takeTexts() == [event])
        }
    }

    @Test("leave nothing behind when they go")
    func gone() {
        let channels = ChannelFixture(loops: 2) { $0.dialect = .workbunny3 }
        let client = channels.connect(as: .workbunny3, on: 1)
        _ = channels.subscribe(client, to: "private-ü")
        #expect(
            channels.fixture.hub.occupiedChannels(of: channels.app, prefix: "private-").map(\.channel.text) == [
                "private-ü"
            ])
        weak let session = client.session
        client.disconnect()
        channels.fixture.run()
        #expect(channels.fixture.hub.occupiedChannels(of: channels.app, prefix: "").isEmpty)
        #expect(session?.isOpen == false)
        #expect(channels.fixture.shard(1).sessionCount == 0)
    }
}
