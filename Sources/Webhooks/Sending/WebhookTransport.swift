// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// How a receiver answered.
package enum WebhookOutcome: Equatable, Sendable {
    /// It has the events: any status from 200 to 299.
    case taken
    /// It answered with another status.
    case refused(status: Int)
    /// It did not answer. The reason is for the log; holds no secret.
    case unreachable(reason: String)
}

/// What carries requests to receivers.
package protocol WebhookTransport: Sendable {
    /// Sends a request and waits for the answer, bounded in time and in bytes. Redirects are not followed: they are
    /// refusals. Where the task is cancelled it returns soon.
    func send(_ request: WebhookRequest) async -> WebhookOutcome

    /// Lets everything go.
    func close() async
}
