// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushProtocol

/// What goes back for a datagram, as bytes. A refusal is never longer than what it answers, so that nobody can make the
/// server shout at a third.
enum ReplyDatagram {
    /// Datagrams shorter than this get no reply to an error: even the least reply would be longer.
    private static let leastBytes = DatagramReply.least.utf8.count

    /// The reply to one command.
    ///
    /// - Parameter requestBytes: the length of what it answers.
    /// - Returns: nil where there is none.
    static func one(_ reply: DatagramReply, requestBytes: Int) -> ByteBuffer? {
        let isRefused = reply.code >= 400
        guard !isRefused || requestBytes >= self.leastBytes else { return nil }
        var buffer = ByteBufferAllocator().buffer(capacity: 128)
        reply.write(to: &buffer)
        return isRefused && buffer.readableBytes > requestBytes ? ByteBuffer(string: DatagramReply.least) : buffer
    }

    /// The reply to an array of commands.
    ///
    /// - Parameter requestBytes: the length of what it answers.
    /// - Returns: nil where there is none.
    static func array(_ replies: [DatagramReply], requestBytes: Int) -> ByteBuffer? {
        let isRefused = replies.allSatisfy { $0.code >= 400 }
        guard !isRefused || requestBytes >= self.leastBytes else { return nil }
        let limit = isRefused ? requestBytes : DatagramReply.maximumArrayBytes
        var buffer = self.joined(replies)
        // What can be looked up goes first: the texts of errors, then what custom commands answered.
        if buffer.readableBytes > limit { buffer = self.joined(replies.map(\.short)) }
        return buffer.readableBytes > limit ? ByteBuffer(string: DatagramReply.least) : buffer
    }

    private static func joined(_ replies: [DatagramReply]) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 128 * replies.count)
        for (index, reply) in replies.enumerated() {
            buffer.writeInteger(index == 0 ? UInt8(ascii: "[") : UInt8(ascii: ","))
            reply.write(to: &buffer)
        }
        buffer.writeInteger(UInt8(ascii: "]"))
        return buffer
    }
}
