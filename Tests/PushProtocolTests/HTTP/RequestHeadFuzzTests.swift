// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import PushTesting
import Testing

@Suite("HTTP request head: random bytes")
struct RequestHeadFuzzTests {
    private enum Outcome: Equatable {
        case waits, failed(RequestHead.Failure)
        case head(method: String, target: String, headers: [[String]], byteCount: Int)

        init(_ bytes: [UInt8], limit: Int) {
            self = withText(bytes) { bytes in
                do throws(RequestHead.Failure) {
                    guard let head = try RequestHead.parse(bytes, limit: limit) else { return .waits }
                    let headers = head.headers.map { [$0.name, $0.value] }
                    return .head(method: head.method, target: head.target, headers: headers, byteCount: head.byteCount)
                } catch {
                    return .failed(error)
                }
            }
        }
    }

    static let samples = [
        "GET /?access_token=MTIz HTTP/1.1\r\nHost: h:9501\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "POST /chat/send HTTP/1.0\r\nContent-Type: a/b; c=\"d\"\r\nX: é\r\n\r\n{}", "A / HTTP/1.1\n\n", "GET /",
    ]

    @Test("the first outcome is the outcome, however much follows, and the head is made of its own bytes")
    func pieces() throws {
        let limit = 160
        try Fuzz.run("HTTP head") { generator in
            if generator.once(in: 5) { return Array("G".utf8) + generator.bytes(generator.below(200)) }
            return generator.mutated(Array(generator.pick(Self.samples).utf8))
        } check: { input, generator in
            let whole = Outcome(input, limit: limit)
            let cut = generator.below(input.count + 1)
            let part = Outcome(Array(input[..<cut]), limit: limit)
            try #require(part == .waits || part == whole)
            switch whole {
            case .waits:
                try #require(input.count < limit)
            case .failed(.tooLarge):
                try #require(input.count >= limit)
            case .failed(.malformed):
                break
            case .head(let method, let target, let headers, let byteCount):
                try #require(byteCount <= min(limit, input.count))
                try #require(Outcome(Array(input[..<byteCount]), limit: limit) == whole)
                try #require(Outcome(Array(input[..<(byteCount - 1)]), limit: limit) == .waits)
                try #require(input.starts(with: "\(method) \(target) HTTP/1.".utf8))
                // No control character that could split a line of a log or of a response.
                let texts = [method, target] + headers.joined()
                try #require(texts.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } })
            }
        }
    }
}
