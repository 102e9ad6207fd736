// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// An HTTP response, as it stands in the stream of its bytes.
package struct HTTPReply: Equatable, Sendable {
    /// Bytes that are no response with a length.
    package struct Malformed: Error {
        package let text: String

        package init(text: String) {
            self.text = text
        }
    }

    package let status: Int
    /// Names in lower case.
    package let headers: [String: String]
    package let body: [UInt8]

    package var text: String { String(decoding: self.body, as: UTF8.self) }

    /// The first response of a stream, and how many bytes it has; nil while it is not complete.
    ///
    /// - Parameter hasBody: whether a body follows; none does where the request was HEAD.
    package static func first(
        in bytes: [UInt8], hasBody: Bool = true
    ) throws(Malformed) -> (reply: HTTPReply, length: Int)? {
        let end = Array("\r\n\r\n".utf8)
        guard let headEnd = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { return nil }
        let head = String(decoding: bytes[..<headEnd], as: UTF8.self)
        var lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)[...]
        guard let words = lines.popFirst()?.split(separator: " "), words.count >= 2, words[0] == "HTTP/1.1",
            let status = Int(words[1])
        else { throw Malformed(text: head) }
        var headers: [String: String] = [:]
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { throw Malformed(text: head) }
            let value = String(parts[1].drop { $0 == " " })
            headers[parts[0].lowercased()] = headers[parts[0].lowercased()].map { "\($0), \(value)" } ?? value
        }
        var length = 0
        if hasBody, status != 204, status != 304 {
            guard let given = headers["content-length"].flatMap({ Int($0) }) else { throw Malformed(text: head) }
            length = given
        }
        let start = headEnd + end.count
        guard bytes.count >= start + length else { return nil }
        return (
            HTTPReply(status: status, headers: headers, body: Array(bytes[start..<(start + length)])), start + length
        )
    }
}

extension RawClient {
    /// The next response.
    package func reply(hasBody: Bool = true) async throws -> HTTPReply {
        let bytes = try await self.receive { try HTTPReply.first(in: $0, hasBody: hasBody)?.length }
        guard let first = try HTTPReply.first(in: bytes, hasBody: hasBody) else {
            throw HTTPReply.Malformed(text: String(decoding: bytes, as: UTF8.self))
        }
        return first.reply
    }

    /// Sends a request.
    ///
    /// - Parameter headers: beside `Host`, and `Content-Length` where there is a body.
    package func request(
        _ method: String, _ target: String, _ headers: [String: String] = [:], body: String? = nil
    ) async throws {
        let length = body.map { "Content-Length: \($0.utf8.count)\r\n" } ?? ""
        let lines = headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
        try await self.send("\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n\(length)\(lines)\r\n\(body ?? "")")
    }
}
