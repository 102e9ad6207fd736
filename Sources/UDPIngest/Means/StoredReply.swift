// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import PushProtocol

/// The reply to a command that asked for `"ack":"stored"`: 200 when the message is safe, or 202 after five seconds.
enum StoredReply {
    private static let patience = TimeAmount.seconds(5)

    /// Replies once, on the loop, which is the caller's.
    static func wait(for receipt: Receipt, on loop: any EventLoop, reply: @escaping (DatagramReply) -> Void) {
        let outcome = receipt.outcome
        guard !receipt.isSettled else { return reply(self.reply(outcome, code: 200)) }
        let once = NIOLoopBound(Once(reply), eventLoop: loop)
        let timeout = loop.scheduleTask(in: self.patience) { once.value(self.reply(outcome, code: 202)) }
        receipt.whenSettled(on: loop) { outcome in
            timeout.cancel()
            once.value(self.reply(outcome, code: 200))
        }
    }

    private static func reply(_ outcome: Receipt.Outcome, code: Int) -> DatagramReply {
        DatagramReply(
            isOnline: outcome.isOnline, code: code, id: outcome.id, isStored: outcome.isStored ? nil : false
        )
    }

    /// Whichever comes first replies.
    private final class Once {
        private var reply: ((DatagramReply) -> Void)?

        init(_ reply: @escaping (DatagramReply) -> Void) {
            self.reply = reply
        }

        func callAsFunction(_ answer: DatagramReply) {
            self.reply.take()?(answer)
        }
    }
}
