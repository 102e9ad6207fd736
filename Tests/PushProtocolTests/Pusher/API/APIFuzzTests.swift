// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Testing

@Suite("HTTP API: random calls")
struct APIFuzzTests {
    private static func body(_ generator: inout SeededGenerator) -> [UInt8] {
        let names = ["name", "channel", "channels", "data", "socket_id", "info", "n\\u0061me", "batch", ""]
        let values = [
            "\"a\"", "\"private-encrypted-a\"", "[\"a\",\"b\"]", "null", "1e9", "{\"a\":[1]}", "\"1.2\"", "\"\\ud800\"",
            "\"user_count,cache\"", "[]", "[[\"a\"]]", "\"\\u4e2d\\/\"", "true", "\"\"",
        ]
        var event = "{\"name\":\"e\""
        for _ in 0..<generator.below(6) {
            event += generator.pick([",", " , "]) + "\"\(generator.pick(names))\":" + generator.pick(values)
        }
        event += "}"
        return Array((generator.once(in: 3) ? "{\"batch\":[\(event),\(event)]}" : event).utf8)
    }

    @Test("an event that is accepted is within its limits, and its data is one JSON string")
    func events() throws {
        let scanner = JSONScanner()
        let query = try APIParameters("name=q&channels[]=q&data=q")
        try Fuzz.run("API events") { generator in
            let body = Self.body(&generator)
            return generator.once(in: 2) ? body : generator.mutated(body)
        } check: { input, generator in
            let body = ByteBuffer(bytes: input)
            let isForm = generator.once(in: 2)
            let isBatch = generator.once(in: 2)
            let events: [TriggerRequest]
            do throws(APIError) {
                events =
                    isBatch
                    ? try TriggerRequest.batch(body, maximumDataBytes: 16)
                    : [try TriggerRequest(body, isForm: isForm, query: query, maximumDataBytes: 16)]
            } catch {
                try #require(error.status == 400 || error.status == 413)
                try #require(!error.message.isEmpty && !error.message.utf8.contains(0x0A))
                return
            }
            try #require(events.count <= TriggerRequest.maximumBatch)
            for event in events {
                try #require(!event.name.isEmpty)
                try #require(1...TriggerRequest.maximumChannels ~= event.channels.count)
                try #require(Set(event.channels).count == event.channels.count)
                try event.data.withUnsafeReadableBytes { data in
                    let value = try scanner.scan(data)
                    try #require(value.kind == .string && value.range == 0..<data.count)
                    try #require(JSONText.unescape(data[1..<data.count - 1]).count <= 16)
                }
            }
        }
    }

    @Test("no target makes the readers of paths and queries trap, and what they accept is signed in order")
    func targets() throws {
        let target =
            "/apps/3/channels/a%40b/users?auth_key=k&B=%2C&a=%zz&channels[]=1&auth_signature=0&auth_timestamp=1&auth_version=1.0"
        try Fuzz.run("API targets") { generator in
            generator.mutated(Array(target.utf8))
        } check: { input, generator in
            let dialect = generator.pick(Dialect.allCases)
            let parts = String(decoding: input, as: UTF8.self)
                .split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            _ = try? APIEndpoint.Path(String(parts[0]))?.endpoint(in: dialect)
            guard parts.count > 1, let parameters = try? APIParameters(query: String(parts[1]), dialect: dialect) else {
                return
            }
            let text = APISignature.signedText(method: "GET", path: "/", parameters: parameters)
            try #require(text.hasPrefix("GET\n/\n"))
            try #require(!text.dropFirst(6).hasPrefix("auth_signature="))
            _ = try? APISignature(method: "GET", path: "/", parameters: parameters, dialect: dialect)
                .verify(with: PusherSecret("secret"), seconds: 1)
        }
    }
}
