// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import CHiredis
package import NIOCore

/// Turns the bytes of a connection into replies: the owner of one hiredis `redisReader`.
///
/// After it has thrown once it throws for ever: the connection it reads is lost. Not to be shared between threads.
package struct RedisReplyReader: ~Copyable {
    /// Whenever hiredis has handed out a KiB of replies it moves the rest of its buffer to the front, so it is fed
    /// little at a time: a large read would be moved over and over.
    private static let feedSize = 4096
    /// A status, an error, a number or the head of a bulk string is searched for its end anew with every read.
    private static let maximumLine = 64 << 10
    /// The room for an array's elements is allocated when its head is read, before any of them has come.
    private static let maximumElements = 1 << 20

    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let maxReplyBytes: Int
    private var bytesSinceReply = 0

    /// A reader at the beginning of a connection.
    ///
    /// - Parameter maxReplyBytes: how many bytes one reply may have.
    /// - Throws: `RedisError` when there is no memory for the reader.
    package init(maxReplyBytes: Int) throws(RedisError) {
        guard let reader = redisReaderCreate(), let defaults = reader.pointee.fn else {
            throw RedisError(.protocolViolation, "no memory for a reply reader")
        }
        self.reader = reader
        self.maxReplyBytes = maxReplyBytes
        self.functions = .allocate(capacity: 1)
        self.functions.initialize(to: defaults.pointee)
        self.functions.pointee.createArray = { task, count in
            guard count <= RedisReplyReader.maximumElements, let task else { return nil }
            let defaults = task.pointee.privdata?.assumingMemoryBound(to: redisReplyObjectFunctions.self)
            return defaults?.pointee.createArray(task, count)
        }
        reader.pointee.fn = self.functions
        reader.pointee.privdata = UnsafeMutableRawPointer(defaults)
    }

    deinit {
        redisReaderFree(self.reader)
        self.functions.deallocate()
    }

    /// Takes the first few KiB off the buffer. To be followed by `next()` until that returns `nil`.
    ///
    /// - Throws: `RedisError` of code `protocolViolation`.
    package mutating func feed(_ bytes: inout ByteBuffer) throws(RedisError) {
        let reader = self.reader
        let (count, status) = bytes.readWithUnsafeReadableBytes { input in
            let count = min(input.count, Self.feedSize)
            let status = redisReaderFeed(reader, input.baseAddress?.assumingMemoryBound(to: CChar.self), count)
            return (count, (count, status))
        }
        guard status == REDIS_OK else { throw self.failure }
        self.bytesSinceReply += count
    }

    /// The next complete reply, or `nil` when more bytes are needed.
    ///
    /// - Throws: `RedisError` of code `protocolViolation`: not RESP2, nested too deeply, or too large.
    package mutating func next() throws(RedisError) -> RedisValue? {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(self.reader, &reply) == REDIS_OK else { throw self.failure }
        guard let reply else {
            guard self.bytesSinceReply <= self.maxReplyBytes else {
                throw RedisError(.protocolViolation, "a reply of more than \(self.maxReplyBytes) bytes")
            }
            guard !self.waitsForEndlessLine else {
                throw RedisError(.protocolViolation, "a line of more than \(Self.maximumLine) bytes")
            }
            return nil
        }
        defer { freeReplyObject(reply) }
        self.bytesSinceReply = self.unparsedCount
        return try RedisValue(copying: reply.assumingMemoryBound(to: redisReply.self).pointee)
    }

    private var unparsedCount: Int { self.reader.pointee.len - self.reader.pointee.pos }

    /// Whether the reader holds more than a line may have and has not found the line's end.
    private var waitsForEndlessLine: Bool {
        guard self.unparsedCount > Self.maximumLine, let buffer = self.reader.pointee.buf else { return false }
        let type = withUnsafeBytes(of: &self.reader.pointee.rstack) { tasks in
            let offset = Int(self.reader.pointee.ridx) * MemoryLayout<redisReadTask>.stride
            guard offset >= 0, offset + MemoryLayout<redisReadTask>.size <= tasks.count else { return REDIS_REPLY_NIL }
            return tasks.load(fromByteOffset: offset, as: redisReadTask.self).type
        }
        guard type == REDIS_REPLY_STRING else { return true }
        // The head of a bulk string is a number, so its line ends early; what follows is the string itself.
        let head = UnsafeRawBufferPointer(start: buffer + self.reader.pointee.pos, count: 32)
        return !head.contains(UInt8(ascii: "\n"))
    }

    private var failure: RedisError {
        guard self.reader.pointee.err != REDIS_ERR_OOM else {
            return RedisError(.protocolViolation, "an array of too many elements, or no memory for a reply")
        }
        let text = withUnsafeBytes(of: &self.reader.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return RedisError(.protocolViolation, "hiredis error \(self.reader.pointee.err): \(text)")
    }
}

extension RedisValue {
    /// A copy of a reply tree. hiredis bounds its depth.
    fileprivate init(copying reply: redisReply) throws(RedisError) {
        let bytes = UnsafeRawBufferPointer(start: reply.str, count: reply.str == nil ? 0 : reply.len)
        switch reply.type {
        case REDIS_REPLY_NIL: self = .null
        case REDIS_REPLY_INTEGER: self = .integer(Int64(reply.integer))
        case REDIS_REPLY_STRING: self = .string(ByteBuffer(bytes: bytes))
        case REDIS_REPLY_STATUS: self = .status(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ERROR: self = .error(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ARRAY:
            var elements: [RedisValue] = []
            elements.reserveCapacity(Int(reply.elements))
            for element in UnsafeBufferPointer(start: reply.element, count: Int(reply.elements)) {
                guard let element else { throw RedisError(.protocolViolation, "an array with a hole") }
                elements.append(try RedisValue(copying: element.pointee))
            }
            self = .array(elements)
        default: throw RedisError(.protocolViolation, "a reply of unknown type \(reply.type)")
        }
    }
}
