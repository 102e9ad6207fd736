// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Where a decoder puts the unmasked bytes of a message: one for an event loop, shared by its connections, since a
/// message is handled before the next one is decoded. Its bytes are valid until then.
package final class WebSocketPayload {
    /// Memory above this is given back after the message that needed it.
    private static let keptCapacity = 128 * 1024

    private var storage: UnsafeMutableRawBufferPointer
    private var count = 0

    package init() {
        self.storage = .allocate(byteCount: 16 * 1024, alignment: 8)
    }

    deinit {
        self.storage.deallocate()
    }

    /// The bytes of the message.
    package var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self.storage[0..<self.count])
    }

    /// Replaces what was there by `source`, unmasked.
    ///
    /// - Parameters:
    ///   - mask: the four bytes of the frame, in the order of memory.
    ///   - source: the masked payload.
    func unmask(_ source: UnsafeRawBufferPointer, mask: UInt32) {
        self.reserve(source.count)
        self.count = source.count
        let wide = UInt64(mask) << 32 | UInt64(mask)
        var at = 0
        while at + 8 <= source.count {
            let word = source.loadUnaligned(fromByteOffset: at, as: UInt64.self) ^ wide
            self.storage.storeBytes(of: word, toByteOffset: at, as: UInt64.self)
            at += 8
        }
        withUnsafeBytes(of: mask) { mask in
            while at < source.count {
                self.storage[at] = source[at] ^ mask[at & 3]
                at += 1
            }
        }
    }

    /// Replaces what was there by the bytes of a message that came in fragments.
    func assign(_ source: UnsafeRawBufferPointer) {
        self.reserve(source.count)
        self.count = source.count
        self.storage.copyMemory(from: source)
    }

    /// Gives back the memory of an unusually large message.
    func trim() {
        guard self.storage.count > Self.keptCapacity else { return }
        self.storage.deallocate()
        self.storage = .allocate(byteCount: Self.keptCapacity, alignment: 8)
        self.count = 0
    }

    private func reserve(_ capacity: Int) {
        guard capacity > self.storage.count else {
            if capacity <= Self.keptCapacity { self.trim() }
            return
        }
        self.storage.deallocate()
        self.storage = .allocate(byteCount: max(capacity, 2 * self.storage.count), alignment: 8)
    }
}

@available(*, unavailable)
extension WebSocketPayload: Sendable {}
