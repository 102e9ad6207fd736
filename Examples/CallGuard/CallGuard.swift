// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

public import PushExtensions

/// Lets backends publish from some addresses only, and says in each answer how long it took.
public struct CallGuard: APIMiddleware {
    private let publishers: Set<String>

    /// - Parameter publishers: addresses that may publish.
    public init(publishers: Set<String>) {
        self.publishers = publishers
    }

    /// Refuses publications of strangers, and times what others call.
    public func handle(
        _ call: HTTPCall, on server: any ServerContext, next: () async throws -> HTTPAnswer
    ) async throws -> HTTPAnswer {
        let isPublication = call.method == "POST" && call.path.hasPrefix("/apps/") && call.path.hasSuffix("events")
        guard !isPublication || self.publishers.contains(call.client) else {
            return .text("this address may not publish\n", status: 403)
        }
        let start = ContinuousClock.now
        var answer = try await next()
        let microseconds = (ContinuousClock.now - start) / .microseconds(1)
        answer.headers["Server-Timing"] = "push;dur=\(microseconds / 1000)"
        return answer
    }
}
