// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import Synchronization

/// What other threads want a shard to do: taken in under a lock, done in order on the shard's loop, which is woken once
/// for however many letters came meanwhile.
final class Mailbox: Sendable {
    /// A letter to a shard.
    enum Letter: Sendable {
        /// Frames for the subscribers of a topic, but one.
        case publish(ByteBuffer, MessageSpan?, Topic, except: SessionID?)
        /// Frames for every session that is logged in.
        case broadcast(ByteBuffer)
        /// Anything else.
        case run(@Sendable (Shard) -> Void)
    }

    private let letters: Mutex<[Letter]> = Mutex([])

    /// Adds a letter.
    ///
    /// - Returns: whether the loop has to be woken.
    func post(_ letter: Letter) -> Bool {
        self.letters.withLock { letters in
            letters.append(letter)
            return letters.count == 1
        }
    }

    /// Takes all letters out.
    func takeAll() -> [Letter] {
        self.letters.withLock { letters in
            let taken = letters
            letters = []
            return taken
        }
    }
}
