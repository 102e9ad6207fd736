// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushProtocol

/// Messages that come live while a replay goes on: held back until the replay has come to its end, so that none of them
/// overtakes it. Bounded: what does not fit is dropped where the archive has it.
struct HoldBack {
    /// A message held back.
    struct Held {
        let frame: ByteBuffer
        let span: MessageSpan
    }

    static let maximumFrames = 256
    static let maximumBytes = 128 * 1024

    private var held: [Held] = []
    private var bytes = 0
    /// Whether archived messages are held; otherwise they are dropped.
    private var isHolding = true
    /// Whether messages were dropped since the holding began.
    private(set) var hasDropped = false

    /// A live message of the archive's came.
    mutating func add(_ frame: ByteBuffer, _ span: MessageSpan) {
        guard self.isHolding, self.hold(frame, span) else {
            self.stop()
            self.hasDropped = true
            return
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

    /// The archive has more than this replay will have sent soon: live messages come out of its pages.
    mutating func stop() {
        guard self.isHolding else { return }
        self.isHolding = false
        self.hasDropped = self.hasDropped || self.held.contains { $0.span.isArchived }
        self.held.removeAll { $0.span.isArchived }
        self.bytes = self.held.reduce(0) { $0 + $1.frame.readableBytes }
    }

    /// What was dropped so far comes out of pages that are asked for from now on; what comes live is held again.
    mutating func restart() {
        self.isHolding = true
        self.hasDropped = false
    }

    /// All that is held, in the order of the ids.
    mutating func takeAll() -> [Held] {
        defer {
            self.held = []
            self.bytes = 0
        }
        return self.held.sorted { $0.span.lowest < $1.span.lowest }
    }
}
