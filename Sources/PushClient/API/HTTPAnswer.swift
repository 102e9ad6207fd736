// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// What a server answered by HTTP, read as a whole.
struct HTTPAnswer {
    let status: Int
    let text: String
    let retryAfter: Duration?

    /// Sends a request, which takes this long at most.
    static func of(
        _ request: HTTPClientRequest, client: HTTPClient, timeout: Duration, maximumBytes: Int
    ) async throws -> HTTPAnswer {
        do {
            let response = try await client.execute(request, timeout: TimeAmount(timeout))
            let body = try await response.body.collect(upTo: maximumBytes)
            return HTTPAnswer(
                status: Int(response.status.code), text: String(buffer: body),
                retryAfter: response.headers.first(name: "Retry-After").flatMap(Int.init)
                    .flatMap { 0...86400 ~= $0 ? .seconds($0) : nil }
            )
        } catch let error as CancellationError {
            throw error
        } catch is NIOTooManyBytesError {
            throw PushClientError(code: .malformed, message: "the answer has more than \(maximumBytes) bytes")
        } catch let error as HTTPClientError where Self.timeouts.contains(error) {
            throw PushClientError(code: .timeout, message: "no answer within \(timeout)")
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw PushClientError.wrapping(error)
        }
    }

    /// What it says, as an error.
    var refusal: PushClientError {
        let isTransient = self.status >= 500 || self.status == 429
        return PushClientError(
            code: isTransient && self.status != 429 ? .connection : .refused, message: PushClientError.quote(self.text),
            status: self.status, retryAfter: self.retryAfter
        )
    }

    private static let timeouts: [HTTPClientError] = [
        .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout,
    ]
}
