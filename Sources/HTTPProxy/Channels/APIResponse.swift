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

    /// Not done, in the words of a dialect.
    ///
    /// - Parameter method: of the request.
    static func failure(_ error: APIError, in dialect: Dialect, to method: HTTPRequest.Method) -> Response {
        let error = error.worded(for: dialect)
        // Of a path that is none workbunny's callers hear in plain text.
        let isJSON = dialect.isWorkbunny && error.reason != .nothingThere
        let body =
            isJSON
            ? self.errorObject(error.message) : ByteBuffer(string: error.message + (dialect == .pusher ? "\n" : ""))
        let response = Response(
            status: .init(code: error.status),
            headers: [
                .contentType: isJSON ? "application/json" : "text/plain; charset=utf-8",
                .xContentTypeOptions: "nosniff", .cacheControl: "no-store",
            ],
            body: method == .head ? .init() : .init(byteBuffer: body)
        )
        return self.marked(response, as: dialect)
    }

    /// An answer with the headers by which callers of a dialect know its server.
    static func marked(_ response: Response, as dialect: Dialect) -> Response {
        guard dialect.isWorkbunny else { return response }
        var response = response
        response.headers[.server] = "workbunny/webman-push-server"
        if let version = HTTPField.Name("Version") {
            response.headers[version] = dialect == .workbunny2 ? "2.0.0" : "3.2.1"
        }
        return response
    }

    /// How workbunny's callers are told what is wrong.
    static func errorObject(_ message: String) -> ByteBuffer {
        var body = ByteBuffer(string: "{\"error\":")
        body.writeJSONString(message)
        body.writeStaticString("}")
        return body
    }
}
