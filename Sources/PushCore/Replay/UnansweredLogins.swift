// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushProtocol

/// Terminals that logged in, and of which the archive has not said yet where they stand. One that was never here before
/// has no cursor, and what it is sent counts as delivered: should it leave before the archive answers, its next login
/// begins where this one did. Any thread.
final class UnansweredLogins: Sendable {
    /// The most terminals of a stripe; beyond, those that come are not remembered.
    private static let limit = 2048

    private let logins = Striped<TerminalDirectory.Terminal, MessageID>()

    /// A terminal logs in.
    ///
    /// - Parameter newest: the newest id there is.
    /// - Returns: where its cursor begins if it has none.
    func begin(_ terminal: TerminalDirectory.Terminal, newest: MessageID) -> MessageID {
        self.logins.withStripe(of: terminal) { logins in
            if let start = logins[terminal] { return min(start, newest) }
            if logins.count < Self.limit { logins[terminal] = newest }
            return newest
        }
    }

    /// The archive has told where a terminal stands.
    func answered(_ terminal: TerminalDirectory.Terminal) {
        self.logins.withStripe(of: terminal) { _ = $0.removeValue(forKey: terminal) }
    }
}
