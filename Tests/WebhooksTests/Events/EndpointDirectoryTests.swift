// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import Testing

@testable import Webhooks

struct EndpointDirectoryTests {
    private static let all = WebhookEndpoint(url: "http://all.example")
    private static let members = WebhookEndpoint(
        url: "http://members.example", events: [.memberAdded], channels: ["presence-a", "presence-b"])
    private static let stream = WebhookEndpoint(url: EndpointName.streamURL, events: [.channelOccupied])
    private let directory = EndpointDirectory([
        .test([all, members, stream]), .test([all], id: "2", isEnabled: false), .test([], id: "3"),
    ])

    private func urls(_ kind: AppEvent.Kind, _ channel: String?, app: String = "1", isStreamed: Bool = false)
        -> [String]
    {
        let event = AppEvent(app: app, milliseconds: 0, channel: channel, kind: kind)
        return self.directory.letters([event], isStreamed: isStreamed) { "id" }.flatMap(\.endpoints).map(\.url)
    }

    @Test func anEventIsForThoseWhoWantItAndItsChannel() {
        let added = AppEvent.Kind.memberAdded(user: "u", info: nil)
        #expect(self.urls(added, "presence-b1") == ["http://all.example", "http://members.example"])
        #expect(self.urls(added, "presence-c") == ["http://all.example"])
        #expect(self.urls(.channelOccupied, "presence-a") == ["http://all.example"])
        #expect(self.urls(.userOnline("u"), nil) == ["http://all.example"])
    }

    @Test(arguments: ["2", "3", "4"]) func nobodyHearsOfAnAppThatIsOffOrHasNoEndpoints(_ app: String) {
        #expect(self.urls(.channelOccupied, "c", app: app).isEmpty)
        #expect(!self.directory.wants(Occupant(kind: .channel, app: app, channel: "c")))
    }

    @Test func ofChannelsThatNobodyHearsOfNothingIsRemembered() {
        self.directory.update([.test([Self.members])])
        func wants(_ kind: Occupant.Kind, _ channel: String) -> Bool {
            self.directory.wants(Occupant(kind: kind, app: "1", channel: channel, user: "u"))
        }
        #expect(wants(.member, "presence-b1"))
        #expect(!wants(.member, "presence-c"))
        #expect(!wants(.channel, "presence-b1"))
    }

    @Test func withAStreamEventsGoThereFirstAndStayWhereTheAppSaysSo() {
        #expect(self.urls(.channelOccupied, "c", isStreamed: true) == [EndpointName.streamURL])
        let event = WebhookEvent(id: "x", app: "1", name: .channelOccupied, milliseconds: 0, channel: "c")
        #expect(self.directory.keepsInStream(event))
        #expect(self.directory.endpoints(of: event).map(\.url) == ["http://all.example"])
        #expect(!self.directory.keepsInStream(.test(1)))
    }

    @Test func aReceiverHasWhatARequestIsMadeOf() {
        var own = Self.all
        own.secret = "own"
        own.headers = ["A": "b"]
        self.directory.update([.test([own])])
        let receiver = self.directory.receiver(EndpointName(app: "1", url: own.url))
        #expect(receiver?.secret == "own" && receiver?.key == "key-1" && receiver?.headers == ["A": "b"])
        #expect(self.directory.receiver(EndpointName(app: "1", url: "http://members.example")) == nil)
        #expect(self.directory.names.map(\.url) == [own.url])
    }
}
