// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
package import NIOPosix

/// Carries requests by HTTP.
package struct HTTPWebhookTransport: WebhookTransport {
    /// What is read of an answer's body, so that the connection can be used again; nobody looks at it.
    private static let bodyLimit = 64 * 1024

    private let client: HTTPClient
    private let timeout: Duration

    /// - Parameters:
    ///   - group: the loops that the connections live on.
    ///   - timeout: how long a request may take until its answer begins.
    package init(on group: MultiThreadedEventLoopGroup, timeout: Duration) {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = TimeAmount(timeout)
        // A sender tries again by itself: a port that refuses does not take the whole time of a request.
        configuration.connectionPool.retryConnectionEstablishment = false
        // One connection serves all requests to a receiver, which come one after the other.
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        self.client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
        self.timeout = timeout
    }

    package func send(_ request: WebhookRequest) async -> WebhookOutcome {
        var call = HTTPClientRequest(url: request.url)
        call.method = .POST
        for (name, value) in request.headers.sorted(by: { $0.key < $1.key }) {
            call.headers.replaceOrAdd(name: name, value: value)
        }
        call.body = .bytes(request.body)
        do {
            let response = try await self.client.execute(call, timeout: TimeAmount(self.timeout))
            let status = Int(response.status.code)
            await self.readOff(response.body)
            return 200..<300 ~= status ? .taken : .refused(status: status)
        } catch let error as HTTPClientError {
            return .unreachable(reason: error.shortDescription)
        } catch {
            // Names a host and a port at most: no path and no head.
            return .unreachable(reason: String(String(describing: error).prefix(200)))
        }
    }

    package func close() async {
        try? await self.client.shutdown()
    }

    /// The status has decided; a body that is long, or slow, costs its connection.
    private func readOff(_ body: HTTPClientResponse.Body) async {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                var left = Self.bodyLimit
                do {
                    for try await part in body {
                        left -= part.readableBytes
                        if left < 0 { return }
                    }
                } catch {
                    return
                }
            }
            tasks.addTask { try? await Task.sleep(for: .seconds(1)) }
            await tasks.next()
            tasks.cancelAll()
        }
    }
}
