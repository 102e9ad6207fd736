// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// What a subscriber was handed, in order.
package struct DeliveryLog {
    /// Each buffer as it came: one frame, or a run of frames.
    package private(set) var buffers: [ByteBuffer] = []

    /// The frames in the buffers.
    package var frames: [DeliveredFrame] { self.buffers.flatMap { DeliveredFrame.all(in: $0) } }

    /// The texts of the frames; what is no text frame stands there in words, so that it cannot be overlooked.
    package var texts: [String] {
        self.frames.map { frame in
            switch frame {
            case .text(let text): text
            case .ping, .probe: "(ping)"
            case .close(let code, let reason): "(close \(code.map { String($0) } ?? "") \(reason))"
            case .malformed(let bytes): "(malformed: \(bytes))"
            }
        }
    }

    package init() {}

    package var isEmpty: Bool { self.buffers.isEmpty }

    package mutating func append(_ buffer: ByteBuffer) {
        self.buffers.append(buffer)
    }

    package mutating func removeAll() {
        self.buffers = []
    }
}
