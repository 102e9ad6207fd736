// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import HTTPProxy
import NIOCore
import PushCore
import PushTesting
import Testing

@Suite("HTTP: settings that change", .timeLimit(.minutes(1)))
struct SettingsTests {
    @Test("keys, origins and rates hold from the next request on, also of a connection that is open")
    func nextRequest() async throws {
        try await RunningProxy.run { proxy async throws in
            let client = try await proxy.connect()
            func status(_ key: String) async throws -> Int {
                let headers = ["Authorization": "Bearer \(key)", "Origin": "https://app.example"]
                try await client.request("GET", "/chat/online?uid=a", headers, body: nil)
                let reply = try await client.reply(hasBody: true)
                return reply.headers["access-control-allow-origin"] == nil ? reply.status : -reply.status
            }
            #expect(try await status(RunningProxy.key) == 200)
            #expect(try await status("fresh") == 401)
            var configuration = proxy.configuration.value
            configuration.serverKeys = ["fresh"]
            configuration.corsOrigins = ["https://app.example"]
            proxy.configuration.set(configuration)
            #expect(try await status(RunningProxy.key) == -401)
            #expect(try await status("fresh") == -200)
            await client.close()
        }
    }

    @Test("what users may send is what the hub says now")
    func chat() async throws {
        try await RunningProxy.run { proxy async throws in
            let token = proxy.running.accessToken(of: "a")
            let path = "/chat/send?access_token=\(token)&to_uid=b&content=1&type="
            #expect(try await proxy.ask("GET", path + "chat").status == 200)
            var chat = proxy.running.hub.chat
            chat.types = ["note"]
            chat.messageRate = .init(perSecond: 1, burst: 1)
            proxy.running.hub.update(chat: chat)
            proxy.running.clock.advance(by: .seconds(60))
            #expect(try await proxy.ask("GET", path + "chat").status == 400)
            proxy.running.clock.advance(by: .seconds(60))
            #expect(try await proxy.ask("GET", path + "note").status == 200)
            #expect(try await proxy.ask("GET", path + "note").status == 429)
        }
    }
}
