// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import PushProtocol

/// What an archive answers, said as plainly as can be: the whole of it is looked at for every question.
struct HistoryModel {
    /// In the order of their ids.
    private(set) var rows: [ArchiveRow] = []
    /// By user and peer.
    private(set) var marks: [String: [String: MessageID]] = [:]
    /// By user and terminal.
    private(set) var cursors: [String: [String: MessageID]] = [:]
    /// Whether messages that were delivered are removed.
    var removesDelivered = false

    mutating func append(_ row: ArchiveRow) {
        guard !self.rows.contains(where: { $0.id == row.id && $0.toUID == row.toUID }) else { return }
        let index = self.rows.firstIndex { $0.id > row.id } ?? self.rows.endIndex
        self.rows.insert(row, at: index)
    }

    mutating func inbox(_ query: InboxQuery) -> InboxPage {
        let all = self.rows.filter { $0.toUID == query.uid }
        let start: MessageID
        switch query.start {
        case .after(let id):
            start = id
        case .cursor(let source, let newest):
            if let cursor = self.cursors[query.uid]?[source] {
                start = cursor
            } else {
                let oldest = all.first { !$0.isDelivered }
                start = min(newest, oldest.map { MessageID(rawValue: $0.id.rawValue - 1) } ?? newest)
                self.apply(CursorChange(uid: query.uid, source: source, id: start))
            }
        }
        let missed = all.filter { row in row.id > start && query.through.map { row.id <= $0 } ?? true }
        var page: [ArchiveRow] = []
        var bytes = 0
        for row in missed.prefix(query.limit) {
            page.append(row)
            bytes += row.content.readableBytes
            if bytes >= query.bytes { break }
        }
        return InboxPage(start: start, rows: page, hasMore: page.count < missed.count)
    }

    func conversation(_ query: ConversationQuery) -> ConversationPage {
        let said = self.rows.reversed().filter { row in
            (row.uid == query.uid && row.toUID == query.peer || row.uid == query.peer && row.toUID == query.uid)
                && query.before.map { row.id < $0 } ?? true
        }
        var page: [ArchiveRow] = []
        var bytes = 0
        for row in said.prefix(query.limit) {
            bytes += row.content.readableBytes
            if bytes > query.bytes && !page.isEmpty { break }
            page.append(row)
        }
        return ConversationPage(rows: page, hasMore: page.count < said.count)
    }

    /// Sorted by peer.
    func unread(of uid: String) -> [UnreadCount] {
        var counts: [String: Int] = [:]
        for row in self.rows.filter({ $0.toUID == uid }).suffix(UnreadCount.window) {
            if let mark = self.marks[uid]?[row.uid], row.id <= mark { continue }
            counts[row.uid, default: 0] += 1
        }
        return counts.sorted { $0.key < $1.key }.map { UnreadCount(peer: $0.key, count: $0.value) }
    }

    mutating func markRead(_ mark: ReadMark) {
        let known = self.marks[mark.uid]?[mark.peer] ?? mark.id
        self.marks[mark.uid, default: [:]][mark.peer] = max(known, mark.id)
    }

    mutating func apply(_ change: CursorChange) {
        let known = self.cursors[change.uid]?[change.source] ?? change.id
        self.cursors[change.uid, default: [:]][change.source] = max(known, change.id)
        guard let delivered = change.delivered else { return }
        func isReached(_ row: ArchiveRow) -> Bool { row.toUID == change.uid && delivered.contains(row.id) }
        if self.removesDelivered {
            self.rows.removeAll(where: isReached)
        } else {
            for index in self.rows.indices where isReached(self.rows[index]) { self.rows[index].isDelivered = true }
        }
    }
}
