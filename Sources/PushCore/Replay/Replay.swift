// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushProtocol

/// Brings a terminal what it missed (chat protocol, section 6), in the order of the ids, as fast as its socket takes it.
/// Confined to the loop of its shard.
///
/// 1. It takes the place of the connection among the user's subscribers, so that nothing is missed from then on.
/// 2. It notes the newest id, waits until the archive has all that was routed before, and asks for pages up to that id
///    until there is none left: those messages are all there, and in order.
/// 3. Live messages with a higher id are held back meanwhile. Where there is no room for them, the next round, up to a newer
///    id, brings them; otherwise they follow the last page, and the connection takes its place back.
///
/// Where the archive cannot be read for ``patience``, the client is told, the connection goes live, and what it missed up
/// to then follows when the archive is back.
final class Replay {
    /// Nanoseconds that the archive may take.
    private static let patience: Int64 = 3_000_000_000
    /// Contents of a page, in bytes.
    private static let pageBytes = 256 * 1024
    /// Frames are handed to the socket in pieces of this much, each after the one before was taken.
    private static let chunkBytes = 64 * 1024

    private enum Phase {
        /// The archive has not taken yet what was routed before.
        case waiting
        case asking
        case sending
        /// The archive could not be read: asked again at the next look.
        case resting
        case over
    }

    private let shard: Shard
    private let hub: Hub
    private let history: any MessageHistory
    private let transport: any SessionTransport
    private weak var session: ChatSession?
    private let uid: String
    let sessionID: SessionID

    private var phase = Phase.waiting
    private let start: InboxQuery.Start
    /// Everything up to here has been sent; nil before the first page.
    private var position: MessageID?
    /// Up to where the archive has everything once it has answered the wait.
    private var through = MessageID(rawValue: 0)
    private var hold = HoldBack()
    private var waitingSince: Int64
    /// Where the connection is live already: the ids above which nothing is missing.
    private var liveAbove: MessageID?
    /// What was sent from the hold-back when the connection went live.
    private var sentLive: Set<MessageID> = []

    init(
        of session: ChatSession, uid: String, from start: InboxQuery.Start, history: any MessageHistory,
        transport: any SessionTransport, hub: Hub, shard: Shard
    ) {
        self.session = session
        self.sessionID = session.sessionID
        self.uid = uid
        self.start = start
        self.history = history
        self.transport = transport
        self.hub = hub
        self.shard = shard
        self.waitingSince = shard.now.uptime
    }

    /// Whether the connection gets live messages itself.
    private var isLive: Bool { self.liveAbove != nil }

    /// Begins; the replay is subscribed.
    func begin() {
        self.shard.replayBegins(.user(self.uid))
        self.shard.tick(self)
        self.waitForArchive()
    }

    /// The session is over.
    func stop() {
        guard self.phase != .over else { return }
        self.phase = .over
        if !self.isLive { self.shard.replayEnds(.user(self.uid)) }
    }

    // MARK: - Pages

    private func waitForArchive() {
        self.phase = .waiting
        self.through = self.liveAbove ?? self.hub.nextID(on: self.shard)
        self.hub.whenOffered(on: self.shard) {
            guard self.phase == .waiting else { return }
            self.ask()
        }
    }

    private func ask() {
        self.phase = .asking
        let query = InboxQuery(
            uid: self.uid, start: self.position.map { .after($0) } ?? self.start, through: self.through,
            limit: self.shard.chat.replayLimit, bytes: Self.pageBytes
        )
        self.history.inbox(query, on: self.shard.loop).assumeIsolated().whenComplete { answer in
            guard self.phase == .asking else { return }
            switch answer {
            case .success(let page): self.answered(page)
            case .failure: self.phase = .resting
            }
        }
    }

    private func answered(_ page: InboxPage) {
        if self.position == nil {
            self.session?.replayStarts(at: page.start, isLive: self.isLive)
            self.position = page.start
        }
        if page.hasMore { self.hold.stop() }
        self.phase = .sending
        self.send(page.rows[...], hasMore: page.hasMore)
    }

    /// Sends some of the rows of a page, and the others when the socket has taken these.
    private func send(_ rows: ArraySlice<ArchiveRow>, hasMore: Bool) {
        var left = rows
        var chunk = ByteBuffer()
        var span: MessageSpan?
        var undelivered: ClosedRange<MessageID>?
        while chunk.readableBytes < Self.chunkBytes, let row = left.popFirst() {
            self.position = row.id
            if !row.isDelivered { undelivered = (undelivered?.lowerBound ?? row.id)...row.id }
            guard !self.sentLive.contains(row.id) else { continue }
            chunk.writeImmutableBuffer(ServerFrame.replayed(HistoryMessage(row)))
            if span == nil { span = MessageSpan(row.id, isArchived: true) }
            span?.add(MessageSpan(row.id, isArchived: true))
        }
        if chunk.readableBytes > 0 {
            self.shard.counters.messagesReplayed += rows.count - left.count
            self.transport.deliver(chunk, holding: span)
        }
        if let position = self.position { self.session?.replayReached(position, undelivered: undelivered) }
        if left.isEmpty && !hasMore { return self.reachedEnd() }
        self.transport.whenTaken {
            guard self.phase == .sending else { return }
            self.waitingSince = self.shard.now.uptime
            if left.isEmpty { self.ask() } else { self.send(left, hasMore: hasMore) }
        }
    }

    /// The last page of the round has been sent.
    private func reachedEnd() {
        // A question may be older than the connection's going live.
        let isComplete = self.liveAbove.map { $0 <= self.through } ?? !self.hold.hasDropped
        if isComplete { return self.finish() }
        self.hold.restart()
        self.waitingSince = self.shard.now.uptime
        self.waitForArchive()
    }

    private func finish() {
        self.phase = .over
        if !self.isLive { self.goLive(above: self.through) }
        self.session?.replayFinished()
    }

    // MARK: - Live

    /// Sends what is held and gives the connection its place back.
    ///
    /// - Parameter limit: archived messages up to it came out of the pages.
    private func goLive(above limit: MessageID) {
        self.shard.replayEnds(.user(self.uid))
        self.session?.goLive()
        for message in self.hold.takeAll() where !message.span.isArchived || message.span.lowest > limit {
            self.transport.deliver(message.frame, holding: message.span)
            self.sentLive.insert(message.span.lowest)
        }
    }

    /// The archive cannot be read: what is missing has to follow later.
    private func goLiveWithout() {
        self.shard.counters.replaysPostponed += 1
        self.shard.send(ServerFrame.historyUnavailable, to: self.transport)
        self.goLive(above: MessageID(rawValue: 0))
        self.session?.replayPostponed()
        self.liveAbove = self.hub.nextID(on: self.shard)
    }
}

extension Replay: Ticking {
    func tick(_ now: Moment) -> Bool {
        switch self.phase {
        case .over:
            return false
        case .sending:
            return true
        case .waiting, .asking, .resting:
            if !self.isLive, now.uptime - self.waitingSince >= Self.patience { self.goLiveWithout() }
            if case .resting = self.phase { self.waitForArchive() }
            return true
        }
    }
}

extension Replay: Subscriber {
    func deliver(_ frames: ByteBuffer, holding span: MessageSpan?) {
        guard let span else { return self.transport.deliver(frames, holding: nil) }
        if span.isArchived {
            // In the archive before the wait is over.
            if span.lowest > self.through { self.hold.add(frames, span) }
        } else if !self.hold.addUnarchived(frames, span) {
            self.transport.deliver(frames, holding: span)
        }
    }

    func flush() {}

    func subscription(_ subscription: Int, movedTo slot: Int) {
        self.transport.subscription(subscription, movedTo: slot)
    }
}

@available(*, unavailable)
extension Replay: Sendable {}
