// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

public import AsyncHTTPClient
internal import NIOHTTP1

/// The HTTP API of a server's channels: what a backend does.
///
/// ```swift
/// let api = try ChannelsAPI(url: "http://127.0.0.1:8880", app: AppCredentials(id: "1001", key: "…", secret: "…"))
/// try await api.trigger("price", on: "quotes", json: ["EUR": 1.17])
/// ```
///
/// Every call is signed with the app's secret. It ends after ``timeout``, or when its task is cancelled; whether the
/// server has done it is unknown then. Nothing is tried again. Errors are ``PushClientError``: `refused` with the HTTP
/// status and the server's text, `connection` (with a status from 500 on), `timeout`, or `malformed` for an answer that
/// makes no sense. An answer
/// above ``maximumAnswerBytes`` is not read.
///
/// What limits there are is the server's to say: usually 100 channels and 10 KiB of data for an event, 10 events for a
/// batch.
public struct ChannelsAPI: Sendable {
    /// Whose API it is.
    public let app: AppCredentials
    /// How long one call may take.
    public var timeout: Duration = .seconds(30)
    /// The largest answer that is read, in bytes.
    public var maximumAnswerBytes = 16 << 20

    private let url: ServerURL
    private let client: HTTPClient

    /// - Parameters:
    ///   - url: `http` or `https`, with what stands before `/apps` in the path, if anything.
    ///   - client: sends the calls; its proxy and TLS settings hold. It is not shut down here.
    /// - Throws: ``PushClientError`` with code `malformed` where the URL is none.
    public init(url: String, app: AppCredentials, client: HTTPClient = .shared) throws(PushClientError) {
        self.url = try ServerURL(url, schemes: ["http": 80, "https": 443])
        self.app = app
        self.client = client
    }

    /// Makes a signed call that has no method here.
    ///
    /// - Parameters:
    ///   - path: behind `/apps/ID`, percent-encoded where it has to be.
    ///   - parameters: of the query, not encoded.
    /// - Returns: the JSON of an answer with status 200 or 202.
    public func call(
        _ method: String, _ path: String, parameters: [String: String] = [:], body: String? = nil
    ) async throws -> String {
        let path = "\(self.url.path)/apps/\(self.app.id)\(path)"
        let bytes = Array((body ?? "").utf8)
        let query = self.app.signedQuery(
            method: method, path: path, parameters: parameters, body: bytes,
            time: SystemTime.seconds
        )
        var request = HTTPClientRequest(url: "\(self.url.origin)\(path)?\(query)")
        request.method = .init(rawValue: method)
        if body != nil {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(bytes)
        }
        let answer = try await HTTPAnswer.of(
            request, client: self.client, timeout: self.timeout, maximumBytes: self.maximumAnswerBytes)
        guard answer.status == 200 || answer.status == 202 else { throw answer.refusal }
        return answer.text
    }

    /// Makes a call and reads the object that it answers.
    func object(
        _ method: String, _ path: String, parameters: [String: String] = [:], body: String? = nil
    ) async throws -> [String: JSONValue] {
        let text = try await self.call(method, path, parameters: parameters, body: body)
        guard let object = JSONValue(text.utf8)?.object else {
            throw PushClientError(
                code: .malformed, message: "the answer is no JSON object: \(PushClientError.quote(text))")
        }
        return object
    }
}
