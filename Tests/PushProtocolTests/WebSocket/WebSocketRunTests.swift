// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Testing

@Suite("Runs of frames")
struct WebSocketRunTests {
    private func payloads(_ run: ByteBuffer) -> [(isText: Bool, length: Int)] {
        var run = run
        var found: [(isText: Bool, length: Int)] = []
        while let frame = WebSocketFrame.next(in: &run) { found.append((frame.isText, frame.payload.readableBytes)) }
        return found
    }

    @Test("are taken apart into what they were made of, whatever its length")
    func apart() {
        let lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]
        var run = ByteBuffer()
        for length in lengths {
            run.writeImmutableBuffer(WebSocketFrame.text(String(repeating: "x", count: length)))
            run.writeImmutableBuffer(WebSocketFrame.ping)
        }
        run.writeImmutableBuffer(WebSocketFrame.close(.restart, reason: "bye"))
        let found = self.payloads(run)
        #expect(found.map(\.isText) == lengths.flatMap { _ in [true, false] } + [false])
        #expect(found.map(\.length) == lengths.flatMap { [$0, 0] } + [5])
        #expect(WebSocketFrame.messageCount(in: run) == lengths.count)
    }

    @Test("that are cut off end where they are cut off", arguments: [0, 1, 2, 3, 4, 100])
    func cut(length: Int) {
        let whole = WebSocketFrame.text(String(repeating: "x", count: 200))
        let run = whole.getSlice(at: whole.readerIndex, length: length) ?? ByteBuffer()
        #expect(self.payloads(run).isEmpty)
        #expect(WebSocketFrame.messageCount(in: run) == 0)
    }
}
