// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PushProtocol

/// The answers of the interface: `{"message":…,"code":…,"data":…}`, with the code as HTTP's status.
enum ChatResponse {
    /// A success with its data as JSON.
    static func success(_ message: String, code: Int = 200, data: ByteBuffer) -> Response {
        self.response(code, message, data: data)
    }

    /// A failure.
    static func error(_ code: Int, _ message: String) -> Response {
        self.response(code, message, data: ByteBuffer(string: "[]"))
    }

    /// A failure, out of an error that a route threw.
    static func failure(_ error: any Error) -> Response {
        switch error {
        case let error as FrameError: self.error(error.code, error.message)
        case let error as HTTPError: self.error(error.status.code, error.body ?? error.status.reasonPhrase)
        case is NIOTooManyBytesError: self.bodyTooLarge
        default: self.error(500, "internal error")
        }
    }

    /// Ends the connection: the rest of the body is not worth reading.
    private static var bodyTooLarge: Response {
        var response = self.error(413, "the body is too large")
        response.headers[.connection] = "close"
        return response
    }

    /// A body of JSON.
    static func json(_ status: HTTPResponse.Status, _ body: ByteBuffer) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: body)
        )
    }

    private static func response(_ code: Int, _ message: String, data: ByteBuffer) -> Response {
        var body = ByteBufferAllocator().buffer(capacity: 64 + message.utf8.count + data.readableBytes)
        body.writeStaticString("{\"message\":")
        body.writeJSONString(message)
        body.writeStaticString(",\"code\":")
        body.writeDecimal(Int64(code))
        body.writeStaticString(",\"data\":")
        body.writeImmutableBuffer(data)
        body.writeStaticString("}")
        return self.json(.init(code: code), body)
    }
}
