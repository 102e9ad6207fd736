// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushProtocol

/// The cursors of terminals that went away a moment ago. Until what other loops had sent them before has come through,
/// nobody knows whether a cursor has not passed a message that it never saw; and what was written to a socket last may
/// not have arrived. So a cursor waits here, and is lowered by what comes late.
struct Departures {
    private struct Departure {
        let source: String
        var position: MessageID
        /// No message that came late lies up to here.
        var limit = MessageID(rawValue: .max)
        let due: Int64
    }

    private var departures: [String: [Departure]] = [:]

    /// A terminal went away.
    ///
    /// - Parameters:
    ///   - position: up to where it has everything.
    ///   - due: when the cursor can be kept, in nanoseconds of uptime.
    mutating func add(uid: String, source: String, position: MessageID, due: Int64) {
        self.departures[uid, default: []].append(Departure(source: source, position: position, due: due))
    }

    /// A terminal that went away has read more than was known.
    mutating func hasRead(_ terminal: TerminalDirectory.Terminal, through id: MessageID) {
        self.departures[terminal.uid] = self.departures[terminal.uid]?.map { departure in
            var departure = departure
            if departure.source == terminal.source {
                departure.position = max(departure.position, min(id, departure.limit))
            }
            return departure
        }
    }

    /// Messages from another loop have come through.
    mutating func passed(_ span: MessageSpan, to topic: Topic) {
        guard !self.departures.isEmpty, topic.kind == .user, span.isArchived, span.lowest.rawValue > 0,
            let late = self.departures[topic.name]
        else { return }
        let position = MessageID(rawValue: span.lowest.rawValue - 1)
        self.departures[topic.name] = late.map { departure in
            var departure = departure
            departure.limit = min(departure.limit, position)
            departure.position = min(departure.position, departure.limit)
            return departure
        }
    }

    /// The cursors that can be kept now.
    mutating func take(dueAt uptime: Int64) -> [CursorChange] {
        guard !self.departures.isEmpty else { return [] }
        return self.take { $0.due <= uptime }
    }

    /// All of them.
    mutating func takeAll() -> [CursorChange] {
        self.take { _ in true }
    }

    private mutating func take(where isDue: (Departure) -> Bool) -> [CursorChange] {
        var changes: [CursorChange] = []
        for (uid, all) in self.departures where all.contains(where: isDue) {
            for departure in all where isDue(departure) {
                changes.append(CursorChange(uid: uid, source: departure.source, id: departure.position))
            }
            let left = all.filter { !isDue($0) }
            self.departures[uid] = left.isEmpty ? nil : left
        }
        return changes
    }
}
