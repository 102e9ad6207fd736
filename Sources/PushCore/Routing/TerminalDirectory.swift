// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Which session each terminal has: a user may be there from several sources, from each of them once. Any thread.
package final class TerminalDirectory: Sendable {
    /// A user's terminal.
    package struct Terminal: Hashable, Sendable {
        package let uid: String
        package let source: String

        package init(uid: String, source: String) {
            self.uid = uid
            self.source = source
        }
    }

    /// A session that is logged in.
    package struct Entry: Hashable, Sendable {
        package let session: SessionID
        /// Seconds since 1970 of the login.
        package let time: Int64
    }

    private let terminals = Striped<Terminal, Entry>()

    package init() {}

    /// Gives a terminal to a session.
    ///
    /// - Returns: the session that had it.
    package func register(_ terminal: Terminal, session: SessionID, time: Int64) -> SessionID? {
        self.terminals.withStripe(of: terminal) { terminals in
            terminals.updateValue(Entry(session: session, time: time), forKey: terminal)?.session
        }
    }

    /// Takes a terminal away from a session, unless another one has it by now.
    ///
    /// - Returns: whether the session still had it.
    package func unregister(_ terminal: Terminal, session: SessionID) -> Bool {
        self.terminals.withStripe(of: terminal) { terminals in
            guard terminals[terminal]?.session == session else { return false }
            terminals[terminal] = nil
            return true
        }
    }

    /// The session of a terminal.
    package func session(of terminal: Terminal) -> SessionID? {
        self.terminals.withStripe(of: terminal) { $0[terminal]?.session }
    }

    /// Everybody who is there; not one consistent picture.
    package func snapshot() -> [Terminal: Entry] {
        var all: [Terminal: Entry] = [:]
        self.terminals.forEachStripe { all.merge($0) { _, new in new } }
        return all
    }
}
