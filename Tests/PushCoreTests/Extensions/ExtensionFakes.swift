// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushExtensions
import PushTesting
import Synchronization

/// A middleware made of a closure.
struct ClosureMiddleware: MessageMiddleware {
    let body: @Sendable (InboundMessage, any ServerContext, (InboundMessage) -> MessageOutcome) -> MessageOutcome

    func handle(
        _ message: InboundMessage, on server: any ServerContext, next: (InboundMessage) -> MessageOutcome
    ) -> MessageOutcome {
        self.body(message, server, next)
    }
}

/// A handler of client events made of a closure.
struct ClosureEventHandler: ClientEventHandler {
    let names: Set<String>
    let body: @Sendable (ClientEvent, any ServerContext) throws(ClientEventRefusal) -> Void

    func handle(_ event: ClientEvent, on server: any ServerContext) throws(ClientEventRefusal) {
        try self.body(event, server)
    }
}

/// Keeps what an extension was given.
final class Seen<Value: Sendable>: Sendable {
    private let list = Mutex<[Value]>([])

    var values: [Value] { self.list.withLock { $0 } }

    func add(_ value: Value) {
        self.list.withLock { $0.append(value) }
    }
}

extension HubExtensions {
    /// Extensions of a test.
    static func make(_ change: (inout ServerExtensions) -> Void) throws -> HubExtensions {
        var extensions = ServerExtensions()
        change(&extensions)
        return try HubExtensions(extensions, clock: ManualClock())
    }
}
