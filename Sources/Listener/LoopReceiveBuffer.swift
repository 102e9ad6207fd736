// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// The receive buffer of a loop, lent to all of its connections in turn.
///
/// NIO keeps the first buffer that a channel reads into for the life of the channel, so a server of many idle
/// connections pays for as many buffers. Here the first one is a few bytes, and every later read borrows the loop's. A
/// handler that has used up what it read gives it back; one that keeps a slice keeps the memory with it, and the loop
/// gets new one.
package struct LoopReceiveBuffer: Sendable {
    /// The most bytes of one read.
    package static let capacity = 64 * 1024

    /// For a handler whose reads do not come out of a loop's buffer, but out of one that another handler keeps: it
    /// takes nothing back.
    package static let none = LoopReceiveBuffer(lent: nil)

    private let lent: NIOLoopBoundBox<ByteBuffer>?

    package init(loop: any EventLoop) {
        self.init(lent: NIOLoopBoundBox.makeBoxSendingValue(ByteBuffer(), eventLoop: loop))
    }

    private init(lent: NIOLoopBoundBox<ByteBuffer>?) {
        self.lent = lent
    }

    /// Lends the buffer. Taken out, so that the borrower has the only reference and writes into it without a copy.
    fileprivate func borrow(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        guard let lent = self.lent else { return allocator.buffer(capacity: Self.capacity) }
        var buffer = lent.value
        lent.value = ByteBuffer()
        guard buffer.storageCapacity >= Self.capacity else { return allocator.buffer(capacity: Self.capacity) }
        // New memory where somebody still holds a slice.
        buffer.clear(minimumCapacity: Self.capacity)
        return buffer
    }

    /// Takes back what a handler was given in `channelRead`. On the loop.
    package func giveBack(_ buffer: ByteBuffer) {
        if buffer.storageCapacity >= Self.capacity { self.lent?.value = buffer }
    }

    /// For the channel option `recvAllocator` of a connection of the loop, with `maxMessagesPerRead` 1.
    package var allocator: any RecvByteBufferAllocator { Allocator(source: self) }

    private struct Allocator: RecvByteBufferAllocator {
        /// What a channel keeps for its life.
        private static let firstBytes = 16

        let source: LoopReceiveBuffer
        private var hasRead = false

        init(source: LoopReceiveBuffer) {
            self.source = source
        }

        func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
            self.hasRead ? self.source.borrow(allocator) : allocator.buffer(capacity: Self.firstBytes)
        }

        mutating func record(actualReadBytes: Int) -> Bool {
            self.hasRead = true
            // "May grow": the channel asks for a buffer each time instead of using its own again.
            return true
        }
    }
}
