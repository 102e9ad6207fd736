// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("HTTP API: paths")
struct APIEndpointTests {
    private static func channel(_ name: String) throws -> ChannelName { try #require(ChannelName(name)) }

    private func endpoint(_ path: String) throws -> APIEndpoint {
        try #require(APIEndpoint.Path(path)).endpoint()
    }

    @Test("each path leads to its endpoint")
    func paths() throws {
        let channel = try Self.channel("presence-a@b,c;d=e.f")
        #expect(try self.endpoint("/apps/3/events") == .events)
        #expect(try self.endpoint("/apps/3/batch_events") == .batchEvents)
        #expect(try self.endpoint("/apps/3/channels") == .channels)
        for name in ["presence-a@b,c;d=e.f", "presence-a%40b%2Cc%3Bd%3De%2ef"] {
            #expect(try self.endpoint("/apps/3/channels/\(name)") == .channel(channel))
            #expect(try self.endpoint("/apps/3/channels/\(name)/users") == .users(channel))
            #expect(try self.endpoint("/apps/3/channels/\(name)/events") == .channelEvents(channel))
        }
        #expect(try self.endpoint("/apps/3/channels/users") == .channel(Self.channel("users")))
        #expect(
            try self.endpoint("/apps/3/channels/%23server-to-user-7") == .channel(Self.channel("#server-to-user-7")))
        #expect(try self.endpoint("/apps/3/users/a%40b/terminate_connections") == .terminateConnections(user: "a@b"))
    }

    @Test("an app is named by the path, except where the Python SDK ends connections")
    func app() throws {
        #expect(APIEndpoint.Path("/apps/3/nothing")?.appID == "3")
        #expect(APIEndpoint.Path("/apps")?.appID == "")
        #expect(APIEndpoint.Path("/apps/")?.appID == "")
        let path = try #require(APIEndpoint.Path("/users/7/terminate_connections"))
        #expect(path.appID == nil)
        #expect(try path.endpoint() == .terminateConnections(user: "7"))
    }

    @Test(
        "other paths are not the API's",
        arguments: [
            "", "/", "/app/key", "/appsx/3/events", "/users", "/users/7", "/users/7/terminate", "/x/apps/3/events",
        ])
    func others(path: String) {
        #expect(APIEndpoint.Path(path) == nil)
    }

    @Test(
        "what is not there is 404",
        arguments: [
            "/apps", "/apps/3", "/apps/3/", "/apps/3/event", "/apps/3/events/", "/apps/3/events/x", "/apps/3//events",
            "/apps/3/channels/a/user", "/apps/3/channels/a/users/7", "/apps/3/users/7", "/apps/3/users/7/terminate",
            "/apps/3/Events", "/apps/3/%65vents",
        ])
    func notFound(path: String) {
        #expect(throws: APIError.notFound("there is nothing at this path", reason: .nothingThere)) {
            try self.endpoint(path)
        }
    }

    @Test(
        "a name that cannot be one is 400",
        arguments: [
            "/apps/3/channels/", "/apps/3/channels//users", "/apps/3/channels/a%20b", "/apps/3/channels/a%2Fb",
            "/apps/3/channels/%ff", "/apps/3/channels/%23server-to-user-", "/apps/3/channels/\u{4E2D}/users",
            "/apps/3/channels/" + String(repeating: "a", count: 201), "/apps/3/users//terminate_connections",
            "/apps/3/users/a%20b/terminate_connections", "/users/%ff/terminate_connections",
        ])
    func badNames(path: String) {
        #expect { try self.endpoint(path) } throws: { ($0 as? APIError)?.status == 400 }
    }
}
