// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import PushTesting

/// What a correct client may send: messages in fragments, control frames between them, a close at the end.
struct RandomStream {
    private(set) var bytes: [UInt8] = []
    /// What a decoder must make of it.
    private(set) var events: [Received] = []

    init(messages: Int, using generator: inout SeededGenerator) {
        for _ in 0..<messages {
            self.control(&generator)
            self.message(&generator)
        }
        self.control(&generator)
        if generator.once(in: 3) { self.close(&generator) }
    }

    private mutating func message(_ generator: inout SeededGenerator) {
        let isText = generator.once(in: 2)
        let payload = isText ? Self.text(&generator) : generator.bytes(Self.length(&generator))
        var fragments: [ArraySlice<UInt8>] = [payload[...]]
        if generator.once(in: 3) { fragments = generator.pieces(of: payload, longest: max(1, payload.count)) }
        // A fragment may be empty, the first and the last too.
        while generator.once(in: 4) { fragments.insert([], at: generator.below(fragments.count + 1)) }
        if fragments.isEmpty { fragments = [[]] }
        for (index, fragment) in fragments.enumerated() {
            if index > 0 { self.control(&generator) }
            let opcode: UInt8 = index > 0 ? 0 : isText ? 1 : 2
            self.frame(opcode, Array(fragment), isFinal: index == fragments.count - 1, &generator)
        }
        self.events.append(Received(isText ? .text : .binary, payload))
    }

    private mutating func control(_ generator: inout SeededGenerator) {
        while generator.once(in: 4) {
            let isPing = generator.once(in: 2)
            let payload = generator.bytes(generator.pick([0, 1, 8, 125, generator.below(126)]))
            self.frame(isPing ? 9 : 10, payload, &generator)
            self.events.append(Received(isPing ? .ping : .pong, payload))
        }
    }

    private mutating func close(_ generator: inout SeededGenerator) {
        guard !generator.once(in: 3) else {
            self.frame(8, [], &generator)
            self.events.append(Received(.close(nil)))
            return
        }
        let code: UInt16 = generator.pick([1000, 1001, 1011, 3000, 4999])
        let body = [UInt8(code >> 8), UInt8(code & 0xFF)] + Array("中é".utf8.prefix(generator.pick([0, 3, 5])))
        self.frame(8, body, &generator)
        self.events.append(Received(.close(.init(rawValue: code)), body))
    }

    private mutating func frame(
        _ opcode: UInt8,
        _ payload: [UInt8],
        isFinal: Bool = true,
        _ generator: inout SeededGenerator
    ) {
        self.bytes += FrameBytes.frame(opcode, payload, isFinal: isFinal, mask: generator.bytes(4))
    }

    private static func length(_ generator: inout SeededGenerator) -> Int {
        generator.once(in: 200)
            ? generator.pick([65_535, 65_536]) : generator.pick([0, 1, 7, 8, 125, 126, 127, generator.below(400)])
    }

    private static func text(_ generator: inout SeededGenerator) -> [UInt8] {
        Array(String((0..<generator.below(40)).map { _ in generator.character() }).utf8)
    }
}
