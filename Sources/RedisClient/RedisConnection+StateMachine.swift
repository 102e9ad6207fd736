// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// The life of one connection: handshake, then batches answered in the order they were sent, then closed.
///
/// Pure: it is told what happened and returns what to do. `Batch` is whatever the caller wants back when the replies
/// of a batch are complete, or when they will never come; every batch that was taken is given back exactly once.
package struct RedisConnectionStateMachine<Batch>: ~Copyable {
    private struct Pending {
        let batch: Batch
        let replies: Int
        let deadline: NIODeadline
    }

    private struct Pipeline {
        var pending = CircularBuffer<Pending>()
        /// The replies of the oldest batch that have come.
        var replies: [RedisValue] = []
        var timerRuns: Bool
    }

    private enum State: ~Copyable {
        case opening
        case handshaking(RedisHandshake, deadline: NIODeadline)
        case ready(Pipeline)
        case closed
    }

    private var state: State

    /// A connection whose channel is not connected yet.
    package init() {
        self.init(.opening)
    }

    private init(_ state: consuming State) {
        self.state = state
    }
}

// MARK: - Events

extension RedisConnectionStateMachine {
    /// Why and whom to tell when the connection is over.
    package struct Closing {
        package let reason: RedisError
        /// The batches without replies, oldest first.
        package let pending: [Batch]
    }

    /// What to do when the channel is connected.
    package enum OpenAction {
        /// Send the handshake's commands and start the timer.
        case send([RedisCommand], timer: NIODeadline)
        /// It was open, or is over.
        case ignore
    }

    /// The channel is connected. Its handshake is to be answered before the deadline.
    package mutating func opened(_ handshake: RedisHandshake, deadline: NIODeadline) -> OpenAction {
        switch consume self.state {
        case .opening:
            self = Self(.handshaking(handshake, deadline: deadline))
            return .send(handshake.commands, timer: deadline)
        case .handshaking(let handshake, let deadline):
            self = Self(.handshaking(handshake, deadline: deadline))
        case .ready(let pipeline):
            self = Self(.ready(pipeline))
        case .closed:
            self = Self(.closed)
        }
        return .ignore
    }

    /// What to do with a batch.
    package enum SendAction {
        /// Write it, and start the timer if there is a deadline.
        case write(timer: NIODeadline?)
        /// Do not write it: there is no connection that could take it.
        case refuse
    }

    /// A batch is to be sent, which asks for so many replies, one at least.
    package mutating func send(_ batch: Batch, replies: Int, deadline: NIODeadline) -> SendAction {
        switch consume self.state {
        case .ready(var pipeline):
            pipeline.pending.append(Pending(batch: batch, replies: replies, deadline: deadline))
            let timer = pipeline.timerRuns ? nil : deadline
            pipeline.timerRuns = true
            self = Self(.ready(pipeline))
            return .write(timer: timer)
        case .opening:
            self = Self(.opening)
        case .handshaking(let handshake, let deadline):
            self = Self(.handshaking(handshake, deadline: deadline))
        case .closed:
            self = Self(.closed)
        }
        return .refuse
    }

    /// What to do with a reply.
    package enum ReplyAction {
        /// Read on.
        case wait
        /// The handshake is accepted: batches may be sent.
        case ready
        /// The oldest batch has all its replies.
        case complete(Batch, [RedisValue])
        /// The server broke the protocol or refused the handshake.
        case close(Closing)
    }

    /// A reply has come.
    package mutating func received(_ reply: RedisValue) -> ReplyAction {
        switch consume self.state {
        case .handshaking(var handshake, let deadline):
            switch handshake.answered(reply) {
            case .unfinished:
                self = Self(.handshaking(handshake, deadline: deadline))
                return .wait
            case .accepted:
                self = Self(.ready(Pipeline(timerRuns: true)))
                return .ready
            case .refused(let error):
                self = Self(.closed)
                return .close(Closing(reason: error, pending: []))
            }
        case .ready(var pipeline):
            guard let oldest = pipeline.pending.first else {
                self = Self(.closed)
                return .close(Closing(reason: .unasked(reply), pending: []))
            }
            if pipeline.replies.isEmpty {
                pipeline.replies.reserveCapacity(oldest.replies)
            }
            pipeline.replies.append(reply)
            guard pipeline.replies.count == oldest.replies else {
                self = Self(.ready(pipeline))
                return .wait
            }
            let replies = pipeline.replies
            pipeline.replies = []
            pipeline.pending.removeFirst()
            self = Self(.ready(pipeline))
            return .complete(oldest.batch, replies)
        case .opening:
            self = Self(.closed)
            return .close(Closing(reason: .unasked(reply), pending: []))
        case .closed:
            self = Self(.closed)
            return .wait
        }
    }

    /// What to do when the timer has run out.
    package enum TimerAction {
        /// Nothing waits: let the timer rest.
        case rest
        /// Somebody waits until then.
        case restart(NIODeadline)
        /// Somebody waited too long.
        case close(Closing)
    }

    /// The timer has run out. It is one for the connection: a batch that is answered leaves it alone.
    package mutating func timerFired(now: NIODeadline) -> TimerAction {
        switch consume self.state {
        case .opening:
            self = Self(.opening)
            return .rest
        case .handshaking(let handshake, let deadline):
            guard deadline <= now else {
                self = Self(.handshaking(handshake, deadline: deadline))
                return .restart(deadline)
            }
            self = Self(.closed)
            return .close(Closing(reason: RedisError(.commandTimedOut, "no answer to the handshake"), pending: []))
        case .ready(var pipeline):
            guard let oldest = pipeline.pending.first else {
                pipeline.timerRuns = false
                self = Self(.ready(pipeline))
                return .rest
            }
            guard oldest.deadline <= now else {
                self = Self(.ready(pipeline))
                return .restart(oldest.deadline)
            }
            self = Self(.closed)
            let reason = RedisError(.commandTimedOut, "no reply in time")
            return .close(Closing(reason: reason, pending: pipeline.pending.map(\.batch)))
        case .closed:
            self = Self(.closed)
            return .rest
        }
    }

    /// The connection is over, for this reason. `nil` when it was over before.
    package mutating func close(_ reason: RedisError) -> Closing? {
        switch consume self.state {
        case .opening:
            self = Self(.closed)
            return Closing(reason: reason, pending: [])
        case .handshaking:
            self = Self(.closed)
            return Closing(reason: reason, pending: [])
        case .ready(let pipeline):
            self = Self(.closed)
            return Closing(reason: reason, pending: pipeline.pending.map(\.batch))
        case .closed:
            self = Self(.closed)
            return nil
        }
    }
}

extension RedisError {
    /// A server that is full says so, as an error nobody asked for, and closes.
    fileprivate static func unasked(_ reply: RedisValue) -> RedisError {
        RedisError(.protocolViolation, "a reply nobody asked for" + (reply.errorMessage.map { ": \($0)" } ?? ""))
    }
}
