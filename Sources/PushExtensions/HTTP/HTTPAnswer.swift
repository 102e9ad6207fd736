// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// The answer to an HTTP call.
public struct HTTPAnswer: Sendable {
    public var status: Int
    public var headers: HTTPHeaders
    public var body: ByteBuffer

    public init(status: Int = 200, headers: HTTPHeaders = [:], body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A text of JSON.
    public static func json(_ text: String, status: Int = 200) -> HTTPAnswer {
        HTTPAnswer(status: status, headers: ["Content-Type": "application/json"], body: ByteBuffer(string: text))
    }

    /// Plain text.
    public static func text(_ text: String, status: Int = 200) -> HTTPAnswer {
        HTTPAnswer(
            status: status, headers: ["Content-Type": "text/plain; charset=utf-8"], body: ByteBuffer(string: text)
        )
    }
}
