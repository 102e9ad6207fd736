// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// The answer to an HTTP call.
public struct HTTPAnswer: Sendable {
    /// 200–599; another one is answered as 500.
    public var status: Int
    /// Names that are none are left out; the length is the server's to say.
    public var headers: HTTPHeaders
    /// The whole body.
    public var body: ByteBuffer

    /// An answer; 200 and empty where nothing is said.
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
