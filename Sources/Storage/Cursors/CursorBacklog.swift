// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushCore
internal import PushProtocol

/// The changes of cursors that are not written yet: one entry for each terminal. Pure.
struct CursorBacklog {
    private struct Terminal: Hashable {
        let uid: String
        let source: String
    }

    private struct Entry {
        var id: MessageID
        /// In order; no two of them touch.
        var delivered: [ClosedRange<MessageID>] = []
    }

    /// The most ranges of a terminal. Beyond them the oldest is forgotten: its messages still count as not delivered,
    /// and may be replayed to another terminal of the user.
    static let rangeLimit = 64

    private var entries: [Terminal: Entry] = [:]
    /// What was taken out last and may not be written yet.
    private var taken: [Terminal: MessageID] = [:]

    /// How many terminals have changes.
    var count: Int { self.entries.count }

    /// Takes changes in, new ones and those that could not be written alike.
    mutating func add(_ changes: some Sequence<CursorChange>) {
        for change in changes {
            let terminal = Terminal(uid: change.uid, source: change.source)
            var entry = self.entries.removeValue(forKey: terminal) ?? Entry(id: change.id)
            entry.id = max(entry.id, change.id)
            if let range = change.delivered { entry.delivered.unite(range) }
            if entry.delivered.count > Self.rangeLimit { entry.delivered.removeFirst() }
            self.entries[terminal] = entry
        }
    }

    /// The position of a terminal that has a change, or whose change was taken out and may not be written yet.
    func position(uid: String, source: String) -> MessageID? {
        let terminal = Terminal(uid: uid, source: source)
        guard let taken = self.taken[terminal] else { return self.entries[terminal]?.id }
        return self.entries[terminal].map { max($0.id, taken) } ?? taken
    }

    /// What was taken out is written, or has been added again.
    mutating func forgetTaken() {
        self.taken = [:]
    }

    /// Takes everything out, in the order of users and sources, in which every node locks rows.
    mutating func takeAll() -> [CursorChange] {
        defer { self.entries = [:] }
        self.taken = self.entries.mapValues(\.id)
        return self.entries.sorted { ($0.key.uid, $0.key.source) < ($1.key.uid, $1.key.source) }
            .flatMap { terminal, entry in
                let ranges = entry.delivered.isEmpty ? [nil] : entry.delivered.map { $0 as ClosedRange? }
                return ranges.map {
                    CursorChange(uid: terminal.uid, source: terminal.source, id: entry.id, delivered: $0)
                }
            }
    }
}

extension [ClosedRange<MessageID>] {
    /// Adds a range, joined with those that it overlaps or touches. What lies between two ranges was not delivered.
    fileprivate mutating func unite(_ range: ClosedRange<MessageID>) {
        var (low, high) = (range.lowerBound.rawValue, range.upperBound.rawValue)
        self.removeAll { other in
            let (otherLow, otherHigh) = (other.lowerBound.rawValue, other.upperBound.rawValue)
            // Neighbours touch; the additions cannot overflow where the first comparison fails.
            guard otherLow <= high || otherLow == high + 1, low <= otherHigh || low == otherHigh + 1 else {
                return false
            }
            (low, high) = (Swift.min(low, otherLow), Swift.max(high, otherHigh))
            return true
        }
        let united = MessageID(rawValue: low)...MessageID(rawValue: high)
        self.insert(united, at: self.firstIndex { $0.lowerBound > united.lowerBound } ?? self.endIndex)
    }
}
