// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Turns runs of Pusher's frames into those of a dialect. The last run is kept: one that goes to many connections is
/// translated once.
///
/// One translator serves one dialect on one event loop.
package final class DialectTranslator {
    /// What workbunny 3 says in each frame of the connection that gets it.
    package struct Recipient {
        fileprivate let head: String

        package init(appKey: String, socketID: SocketID) {
            // Neither has anything to escape.
            self.head = #"{"appKey":"\#(appKey)","socketId":"\#(socketID.text)","timestamp":"#
        }
    }

    /// A frame of a translated run.
    private enum Piece {
        /// The text of a frame.
        case text(ByteBuffer)
        /// A whole frame of another kind.
        case control(ByteBuffer)
    }

    private let dialect: Dialect
    private let scanner = JSONScanner()
    /// Holding it keeps its memory from being used for another one.
    private var lastRun = ByteBuffer()
    private var pieces: [Piece] = []
    /// The translated run, where it is the same for all.
    private var frames: ByteBuffer?

    package init(_ dialect: Dialect) {
        self.dialect = dialect
    }

    /// The frames of a run as a connection gets them.
    ///
    /// - Parameters:
    ///   - run: complete frames, as they were built for clients of Pusher Channels.
    ///   - milliseconds: the time, since 1970.
    package func translate(_ run: ByteBuffer, for recipient: Recipient, milliseconds: Int64) -> ByteBuffer {
        if !self.isLast(run) { self.translate(run) }
        if self.dialect == .workbunny3 {
            return self.join(stamp: "\(recipient.head)\(milliseconds),")
        }
        if let frames { return frames }
        let frames = self.join(stamp: "")
        self.frames = frames
        return frames
    }

    /// Lets go of the last run: nobody gets it any more.
    package func forget() {
        self.lastRun = ByteBuffer()
        self.pieces = []
        self.frames = nil
    }

    /// Whether a run is the one that was translated last: the same bytes in the same place.
    private func isLast(_ run: ByteBuffer) -> Bool {
        guard run.readableBytes == self.lastRun.readableBytes, run.readableBytes > 0 else { return false }
        return run.withUnsafeReadableBytes { run in
            self.lastRun.withUnsafeReadableBytes { $0.baseAddress == run.baseAddress }
        }
    }

    private func translate(_ run: ByteBuffer) {
        self.lastRun = run
        self.frames = nil
        self.pieces.removeAll(keepingCapacity: true)
        var rest = run
        while let (frame, payload, isText) = WebSocketFrame.next(in: &rest) {
            guard isText else {
                self.pieces.append(.control(frame))
                continue
            }
            let writer = DialectFrameWriter(dialect: self.dialect, scanner: self.scanner)
            if let written = writer.write(payload) {
                self.pieces.append(.text(written))
            } else if payload.readableBytesView.starts(with: #"{""#.utf8) {
                self.pieces.append(.text(payload))
            } else {
                // A frame of an extension's own: there is no place for a stamp.
                self.pieces.append(.control(frame))
            }
        }
    }

    /// - Parameter stamp: stands in the place of the first byte of each text, where it is not empty.
    private func join(stamp: String) -> ByteBuffer {
        let capacity = self.pieces.reduce(0) { sum, piece in
            switch piece {
            case .text(let text): sum + text.readableBytes + stamp.utf8.count + 10
            case .control(let frame): sum + frame.readableBytes
            }
        }
        var output = ByteBufferAllocator().buffer(capacity: capacity)
        for piece in self.pieces {
            switch piece {
            case .text(var text):
                if !stamp.isEmpty { text.moveReaderIndex(forwardBy: 1) }
                WebSocketFrame.writeTextHeader(length: stamp.utf8.count + text.readableBytes, to: &output)
                output.writeString(stamp)
                output.writeImmutableBuffer(text)
            case .control(let frame): output.writeImmutableBuffer(frame)
            }
        }
        return output
    }
}

@available(*, unavailable)
extension DialectTranslator: Sendable {}
