// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushProtocol

/// Messages that come live while a replay goes on: held back until the replay has come to its end, so that none of them
/// overtakes it. Bounded: what does not fit is dropped, where the archive has it, and only its id is kept.
struct HoldBack {
    /// A message held back.
    struct Held {
        let frame: ByteBuffer
        let span: MessageSpan
    }

    static let maximumFrames = 256
    static let maximumBytes = 128 * 1024
    /// The most ids of dropped messages that are told apart.
    static let maximumDropped = 4096

    private var held: [Held] = []
    private var bytes = 0
    private var dropped: Set<MessageID> = []
    /// Whether archived messages are held; otherwise their ids alone are.
    private(set) var isHolding = true
    /// Whether more were dropped than there was room for ids.
    private(set) var hasForgotten = false

    /// Whether messages were dropped that have not come out of a page.
    var hasDropped: Bool { self.hasForgotten || !self.dropped.isEmpty }

    /// The lowest id that was dropped and has not come out of a page.
    var lowestDropped: MessageID? { self.dropped.min() }

    /// A live message of the archive's came.
    mutating func add(_ frame: ByteBuffer, _ span: MessageSpan) {
        guard self.isHolding else { return self.drop(span.lowest) }
        if !self.hold(frame, span) {
            self.stopHolding()
            self.drop(span.lowest)
        }
    }

    /// A live message came that the archive does not have.
    ///
    /// - Returns: whether it is held; otherwise there is no room, and it has to pass.
    mutating func addUnarchived(_ frame: ByteBuffer, _ span: MessageSpan) -> Bool {
        self.hold(frame, span)
    }

    private mutating func hold(_ frame: ByteBuffer, _ span: MessageSpan) -> Bool {
        guard self.held.count < Self.maximumFrames, self.bytes + frame.readableBytes <= Self.maximumBytes else {
            return false
        }
        self.held.append(Held(frame: frame, span: span))
        self.bytes += frame.readableBytes
        return true
    }

    /// A message came out of a page.
    mutating func cameOutOfPage(_ id: MessageID) {
        if !self.dropped.isEmpty, self.dropped.remove(id) != nil { return }
        guard !self.held.isEmpty, let index = self.held.firstIndex(where: { $0.span.highest == id }) else { return }
        self.bytes -= self.held[index].frame.readableBytes
        self.held.remove(at: index)
    }

    /// There are many pages to come: live messages come out of them.
    mutating func stopHolding() {
        guard self.isHolding else { return }
        self.isHolding = false
        for message in self.held where message.span.isArchived { self.drop(message.span.lowest) }
        self.held.removeAll { $0.span.isArchived }
        self.bytes = self.held.reduce(0) { $0 + $1.frame.readableBytes }
    }

    /// What was dropped so far will come out of the pages that are asked for from now on; what comes live is held again.
    mutating func startHolding() {
        self.isHolding = true
        self.dropped = []
        self.hasForgotten = false
    }

    /// All that is held, in the order of the ids.
    mutating func takeAll() -> [Held] {
        defer {
            self.held = []
            self.bytes = 0
        }
        return self.held.sorted { $0.span.lowest < $1.span.lowest }
    }

    private mutating func drop(_ id: MessageID) {
        if self.dropped.count < Self.maximumDropped { self.dropped.insert(id) } else { self.hasForgotten = true }
    }
}
