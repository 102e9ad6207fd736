// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import PushExtensions
internal import PushProtocol

extension HTTPCall {
    /// A request as extensions see it; its body is read, and put back whole.
    ///
    /// - Throws: `NIOTooManyBytesError` where the body is larger than the limit; what reading it throws.
    init(
        _ request: inout Request, _ context: ProxyContext, maximumBodyBytes: Int, parameters: [String: String] = [:]
    ) async throws {
        let body = try await request.collectBody(upTo: maximumBodyBytes)
        self.init(
            method: request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "",
            headers: HTTPHeaders(request.headers.map { .init(name: $0.name.rawName, value: $0.value) }), body: body,
            client: context.client.provenAddress, parameters: parameters
        )
    }
}

extension ClientAddress {
    /// The address, where somebody who is trusted says it: nobody gets a right of this machine's by a header. Empty
    /// otherwise.
    fileprivate var provenAddress: String {
        guard self.standing != .unproven, let address = self.address, self.isLoopback || !address.isLoopback else {
            return ""
        }
        return "\(address)"
    }
}

extension HTTPAnswer {
    /// A response as extensions see it, with its whole body.
    init(_ response: Response) async throws {
        let collected = CollectedBody()
        try await response.body.write(collected)
        self.init(
            status: response.status.code,
            headers: HTTPHeaders(response.headers.map { .init(name: $0.name.rawName, value: $0.value) }),
            body: collected.bytes
        )
    }

    /// The answer where an extension has failed, or where the body could not be read.
    static func failure(_ error: any Error, to request: Request, _ context: ProxyContext) -> Response {
        if let error = error as? NIOTooManyBytesError { return ChatResponse.failure(error) }
        // What the error says of itself may hold what the caller sent: its kind has to do.
        context.logger.error(
            "extension failed",
            metadata: ["path": "\(request.uri.path)", "error": "\(String(reflecting: type(of: error)))"]
        )
        return ChatResponse.error(500, "internal error")
    }

    /// Takes the body of one response in, in the task that writes it.
    private final class CollectedBody: ResponseBodyWriter {
        private(set) var bytes = ByteBuffer()

        func write(_ buffer: ByteBuffer) {
            self.bytes.writeImmutableBuffer(buffer)
        }

        func finish(_ trailingHeaders: HTTPFields?) {}
    }
}

extension Response {
    /// What an extension answers. Fields that are none are left out; the length is counted here.
    init(_ answer: HTTPAnswer) {
        var headers = HTTPFields()
        for field in answer.headers.fields {
            guard let name = HTTPField.Name(field.name), name != .contentLength, name != .transferEncoding else {
                continue
            }
            headers.append(HTTPField(name: name, value: field.value))
        }
        let status = 200...599 ~= answer.status ? answer.status : 500
        self.init(status: .init(code: status), headers: headers, body: .init(byteBuffer: answer.body))
    }
}
