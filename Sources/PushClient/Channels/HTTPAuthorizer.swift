// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

public import AsyncHTTPClient
internal import NIOHTTP1

/// Asks a backend for signatures, as the browsers' libraries do: by POST of a form.
///
/// A server has such endpoints itself, `/pusher/auth` and `/pusher/user-auth`, for those with an access token.
public struct HTTPAuthorizer: ChannelAuthorizer {
    /// Asked for channels, with `socket_id` and `channel_name`.
    public var channelEndpoint: String
    /// Asked for users, with `socket_id`; nil where nobody signs in.
    public var userEndpoint: String?
    /// Further members of the form: `access_token`.
    public var parameters: [String: String]
    /// Headers of the request: a cookie, an `Authorization`.
    public var headers: [(name: String, value: String)] = []
    /// How long an answer may take.
    public var timeout: Duration = .seconds(10)

    private let client: HTTPClient

    /// - Parameter client: sends the requests. It is not shut down here.
    public init(
        channelEndpoint: String, userEndpoint: String? = nil, parameters: [String: String] = [:],
        client: HTTPClient = .shared
    ) {
        self.channelEndpoint = channelEndpoint
        self.userEndpoint = userEndpoint
        self.parameters = parameters
        self.client = client
    }

    /// Asks ``channelEndpoint``.
    ///
    /// - Throws: ``PushClientError``: `refused` with the HTTP status for one below 500, `connection`, `timeout`, `malformed`.
    public func authorization(socketID: String, channel: String) async throws -> ChannelAuthorization {
        let answer = try await self.ask(self.channelEndpoint, ["socket_id": socketID, "channel_name": channel])
        return ChannelAuthorization(
            auth: answer.auth, channelData: answer.members["channel_data"]?.content,
            sharedSecret: answer.members["shared_secret"]?.string
        )
    }

    /// Asks ``userEndpoint``.
    ///
    /// - Throws: as ``authorization(socketID:channel:)``; `refused` where there is no such endpoint.
    public func userAuthentication(socketID: String) async throws -> UserAuthentication {
        guard let userEndpoint else {
            throw PushClientError(code: .refused, message: "the authorizer has no endpoint for users")
        }
        let answer = try await self.ask(userEndpoint, ["socket_id": socketID])
        guard let userData = answer.members["user_data"]?.content else {
            throw PushClientError(code: .malformed, message: "the endpoint answered no user_data")
        }
        return UserAuthentication(auth: answer.auth, userData: userData)
    }

    private func ask(
        _ endpoint: String, _ question: [String: String]
    ) async throws -> (auth: String, members: [String: JSONValue]) {
        var request = HTTPClientRequest(url: endpoint)
        request.method = .POST
        for (name, value) in self.headers { request.headers.add(name: name, value: value) }
        request.headers.replaceOrAdd(name: "Content-Type", value: "application/x-www-form-urlencoded")
        let form = self.parameters.merging(question) { _, ours in ours }.sorted { $0.key < $1.key }
        request.body = .bytes(Array(PercentEncoding.query(form.map { (name: $0.key, value: $0.value) }).utf8))
        let answer = try await HTTPAnswer.of(
            request, client: self.client, timeout: self.timeout, maximumBytes: 64 << 10)
        guard answer.status == 200 else { throw answer.refusal }
        guard let members = JSONValue(answer.text.utf8)?.object, let auth = members["auth"]?.string else {
            throw PushClientError(code: .malformed, message: "the endpoint answered no auth")
        }
        return (auth, members)
    }
}
