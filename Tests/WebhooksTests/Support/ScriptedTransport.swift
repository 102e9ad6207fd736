// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import PushCore
import Synchronization
import Webhooks

/// Answers requests as it is told, and remembers the ids of the events of each.
final class ScriptedTransport: WebhookTransport {
    private struct State {
        var requests: [[String]] = []
        var bodies: [String] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let answer: @Sendable (_ ids: [String]) -> WebhookOutcome

    init(_ answer: @escaping @Sendable (_ ids: [String]) -> WebhookOutcome = { _ in .taken }) {
        self.answer = answer
    }

    /// The ids of the events of each request.
    var requests: [[String]] { self.state.withLock { $0.requests } }
    var bodies: [String] { self.state.withLock { $0.bodies } }
    var isClosed: Bool { self.state.withLock { $0.isClosed } }

    func send(_ request: WebhookRequest) async -> WebhookOutcome {
        struct Body: Decodable {
            struct Event: Decodable { let id: String }
            let events: [Event]
        }
        let body = String(buffer: request.body)
        let ids = (try? JSONDecoder().decode(Body.self, from: Data(body.utf8)))?.events.map(\.id) ?? []
        self.state.withLock { state in
            state.requests.append(ids)
            state.bodies.append(body)
        }
        return self.answer(ids)
    }

    func close() async { self.state.withLock { $0.isClosed = true } }
}

extension AppConfiguration {
    /// An app with endpoints.
    static func test(_ endpoints: [WebhookEndpoint], id: String = "1", isEnabled: Bool = true) -> AppConfiguration {
        AppConfiguration(id: id, key: "key-\(id)", secret: "testsecret", isEnabled: isEnabled, webhooks: endpoints)
    }
}
