// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushExtensions
import PushTesting
import Testing

@testable import PushCore

@Suite("Traffic by app")
struct TrafficTests {
    @Test("is what went in and out, over all loops", arguments: [1, 2])
    func counted(loops: Int) {
        let apps = AppDirectory([AppConfiguration(id: "1", key: "k", secret: "s")], trafficLoops: loops)
        #expect(apps.app(id: "1")?.traffic == AppTraffic())
        let channels = ChannelFixture(loops: loops, trafficLoops: loops)
        let clients = (0..<2).map { channels.connect(on: $0 % loops) }
        for client in clients { _ = channels.subscribe(client, to: "private-room") }
        let before = channels.app.traffic ?? AppTraffic()
        #expect(before.connections == 2 && before.messagesReceived == 2 && before.messagesSent == 4)
        let event = #"{"event":"client-e","channel":"private-room","data":1}"#
        clients[0].receive(event)
        channels.trigger("e", on: "private-room")
        channels.fixture.run()
        let sent = #"{"event":"e","channel":"private-room","data":"1"}"#
        let after = channels.app.traffic ?? AppTraffic()
        #expect(after.messagesReceived - before.messagesReceived == 1)
        #expect(after.messagesSent - before.messagesSent == 3)
        #expect(after.events - before.events == 2)
        #expect(after.bytesReceived - before.bytesReceived == event.utf8.count)
        // Two bytes of a frame's head for each.
        #expect(after.bytesSent - before.bytesSent == event.utf8.count + 2 * sent.utf8.count + 6)
        clients[0].disconnect()
        #expect(channels.app.traffic?.connections == 1)
    }

    @Test("is not counted where nobody wants to know")
    func off() {
        let channels = ChannelFixture()
        let client = channels.connect()
        client.receive(#"{"event":"pusher:ping"}"#)
        #expect(channels.app.traffic == nil && channels.fixture.hub.context.traffic(of: "1") == nil)
        #expect(client.session?.tap == nil)
    }

    @Test("of an app that is forgotten is kept, without its name")
    func forgotten() {
        let channels = ChannelFixture(trafficLoops: 1)
        let apps = channels.fixture.hub.apps
        channels.fixture.hub.update(app: AppConfiguration(id: "9", key: "far", secret: "s"))
        guard let app = apps.app(id: "9") else { Issue.record("the app is not there"); return }
        let client = channels.fixture.connect(to: app)
        client.receive(#"{"event":"pusher:ping"}"#)
        #expect(apps.forgottenTraffic == AppTraffic())
        channels.fixture.hub.remove(app: "9")
        #expect(apps.forgottenTraffic.messagesReceived == 1 && apps.forgottenTraffic.connections == 0)
        channels.fixture.hub.remove(app: "9")
        channels.fixture.hub.remove(app: channels.app.id)
        channels.fixture.hub.update(apps: [channels.app.settings.value], chat: nil)
        #expect(apps.forgottenTraffic.messagesReceived == 1)
    }
}
