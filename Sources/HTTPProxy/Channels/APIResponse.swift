// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PushProtocol

/// The answers of Pusher's HTTP API: JSON for what was done, one line of text for what was not.
enum APIResponse {
    private static let headers: HTTPFields = [.contentType: "application/json"]
    private static let nothing = ByteBuffer(string: "{}")

    /// Done, and there is nothing to tell.
    static var done: Response { self.json(self.nothing) }

    /// Done. The official SDKs take no other status than 200.
    static func json(_ body: ByteBuffer, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: self.headers, body: .init(byteBuffer: body))
    }

    /// The deprecated call is answered as it always was.
    static var accepted: Response { self.json(self.nothing, status: .accepted) }

    /// Not done.
    ///
    /// - Parameter method: of the request.
    static func failure(_ error: APIError, to method: HTTPRequest.Method) -> Response {
        Response(
            status: .init(code: error.status),
            headers: [
                .contentType: "text/plain; charset=utf-8", .xContentTypeOptions: "nosniff", .cacheControl: "no-store",
            ],
            body: method == .head ? .init() : .init(byteBuffer: ByteBuffer(string: error.message + "\n"))
        )
    }
}
