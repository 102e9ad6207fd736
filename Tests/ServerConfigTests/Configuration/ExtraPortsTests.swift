// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import ServerConfig
import Testing

@Suite("Further ports")
struct ExtraPortsTests {
    private static func problems(_ flags: [String: String]) -> String {
        do {
            _ = try ServerConfiguration.read(path: nil, flags: flags, environment: [:])
            return ""
        } catch {
            return error.description
        }
    }

    @Test("are read, and are none by default")
    func read() throws {
        let defaults = try ServerConfiguration.read(path: nil, flags: [:], environment: [:])
        #expect(defaults.webSocketListener.extraPorts.isEmpty && defaults.httpListener.extraPorts.isEmpty)
        let configuration = try ServerConfiguration.read(
            path: nil, flags: ["websocket.extraPorts": "3131,8001", "http.extraPorts": "3232,8002"], environment: [:]
        )
        #expect(configuration.webSocketListener.extraPorts == [3131, 8001])
        #expect(configuration.httpListener.extraPorts == [3232, 8002])
    }

    @Test("have the limits of any port", arguments: ["0", "65536", "-1", "x", "3131 8001"])
    func range(value: String) {
        #expect(Self.problems(["websocket.extraPorts": value]).contains("websocket.extraPorts"))
        #expect(Self.problems(["http.extraPorts": value]).contains("http.extraPorts"))
    }

    @Test(
        "name no port of the same address twice",
        arguments: [
            ("9501", "", "websocket.extraPorts"), ("8880", "", "websocket.extraPorts"),
            ("1,1", "", "websocket.extraPorts"),
            ("1", "1", "http.extraPorts"), ("", "9501", "http.extraPorts"), ("", "8880", "http.extraPorts"),
        ])
    func taken(webSocket: String, http: String, key: String) {
        let text = Self.problems(["websocket.extraPorts": webSocket, "http.extraPorts": http])
        #expect(text.contains("\(key)") && text.contains("names a port that is taken already: "))
        let other = ["websocket.extraPorts": webSocket, "http.extraPorts": http, "http.host": "127.0.0.2"]
        // On another address only what one section names twice is.
        let isOwn = ["9501", "1,1"].contains(webSocket) || http == "8880"
        #expect(Self.problems(other).isEmpty == !isOwn)
    }
}
