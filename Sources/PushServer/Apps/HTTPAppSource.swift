// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import PushCore
internal import ServerConfig
internal import Synchronization

/// Asks an HTTP server for apps: `GET url?key=KEY` or `GET url?id=ID`. 200 has the app as JSON, 404 and 204 say that there
/// is none, everything else is a failure. Redirects are not followed.
final class HTTPAppSource: AppSource {
    /// Why an answer is none. It repeats nothing of what was answered: that may be a secret.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The largest answer, in bytes.
    static let maximumBytes = 64 * 1024

    private let url: String
    private let token: String?
    /// Made for the first question; nil again behind the end.
    private let client = Mutex<HTTPClient?>(nil)

    /// - Parameter token: sent as a bearer token; nil = none.
    init(url: String, token: String?) {
        self.url = url
        self.token = token
    }

    /// Ends its connections.
    func close() async {
        try? await self.client.withLock { $0.take() }?.shutdown()
    }

    private func openClient() -> HTTPClient {
        self.client.withLock { client in
            if let client { return client }
            var configuration = HTTPClient.Configuration(
                timeout: .init(connect: .seconds(2), read: .seconds(5)), decompression: .disabled
            )
            configuration.redirectConfiguration = .disallow
            let made = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            client = made
            return made
        }
    }

    func app(_ name: AppName) async throws -> AppConfiguration? {
        // Names of apps need no escapes.
        let query =
            switch name {
            case .key(let key): "key=\(key)"
            case .id(let id): "id=\(id)"
            }
        var request = HTTPClientRequest(url: self.url + (self.url.contains("?") ? "&" : "?") + query)
        request.headers.add(name: "Accept", value: "application/json")
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        let response = try await self.openClient().execute(request, timeout: .seconds(5))
        switch response.status.code {
        case 200: break
        case 204, 404: return nil
        case let status: throw Failure(description: "apps.url answers \(status)")
        }
        let body = try await response.body.collect(upTo: Self.maximumBytes)
        return try AppsFile.app(answer: Array(body.readableBytesView), of: "apps.url")
    }
}
