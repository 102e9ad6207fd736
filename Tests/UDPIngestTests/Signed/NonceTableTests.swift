// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import Testing
import UDPIngest

@Suite("UDP: the nonces of signed datagrams")
struct NonceTableTests {
    private static let start: Int64 = 1_600_000_000_000

    private static func envelope(_ nonce: String, at time: Int64, key: String = "k") throws -> SignedEnvelope {
        let datagram = SignedEnvelope.sealed("{}", key: key, secret: "s", milliseconds: time, nonce: nonce)
        return try datagram.withUnsafeReadableBytes { text in
            let scanner = JSONScanner()
            _ = try scanner.scan(text)
            return try #require(try SignedEnvelope.decode(scanner.members, in: text))
        }
    }

    /// Offers a nonce, and tells why it was refused; nil where it was taken.
    private static func offer(
        _ nonce: String, to table: NonceTable, at time: Int64, now: Int64, key: String = "k"
    ) throws -> SignatureRefusal? {
        let envelope = try self.envelope(nonce, at: time, key: key)
        do {
            try table.take(envelope, now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test("a nonce is taken once for each key, also with another time")
    func once() throws {
        let table = NonceTable(capacity: 100, start: Self.start)
        let now = Self.start + 30_000
        #expect(try Self.offer("a", to: table, at: now, now: now) == nil)
        for time in [now, now - 20_000, now + 60_000] {
            #expect(try Self.offer("a", to: table, at: time, now: now) == .repeated)
        }
        #expect(try Self.offer("a", to: table, at: now, now: now, key: "other") == nil)
        #expect(table.count == 2)
    }

    static let times: [(offset: Int64, refusal: SignatureRefusal?)] = [
        (0, nil), (-60_000, nil), (60_000, nil), (-60_001, .notOfThisMinute), (60_001, .notOfThisMinute),
        (.min / 2, .notOfThisMinute), (.max / 2, .notOfThisMinute),
    ]

    @Test("a minute either way is this minute", arguments: times)
    func window(offset: Int64, refusal: SignatureRefusal?) throws {
        let table = NonceTable(capacity: 100, start: Self.start)
        let now = Self.start + 600_000
        #expect(try Self.offer("a", to: table, at: max(0, now + offset), now: now) == refusal)
    }

    @Test("what was signed before the start is refused, to the millisecond")
    func beforeStart() throws {
        let table = NonceTable(capacity: 100, start: Self.start)
        #expect(try Self.offer("a", to: table, at: Self.start - 1, now: Self.start + 5) == .tooOld)
        #expect(try Self.offer("a", to: table, at: Self.start, now: Self.start + 5) == nil)
    }

    @Test("a full table refuses, keeps what it has, and has room again when that has expired")
    func full() throws {
        let table = NonceTable(capacity: 4, start: Self.start, stripes: 1)
        for index in 0..<4 {
            #expect(try Self.offer("n\(index)", to: table, at: Self.start, now: Self.start) == nil)
        }
        for index in 4..<20 {
            let now = Self.start + Int64(index) * 3_000
            #expect(try Self.offer("n\(index)", to: table, at: now, now: now) == .tableFull)
        }
        #expect(try Self.offer("n0", to: table, at: Self.start, now: Self.start + 59_000) == .repeated)
        let later = Self.start + 70_000
        #expect(try Self.offer("n4", to: table, at: later, now: later) == nil)
        #expect(table.count == 1)
        #expect(try Self.offer("n0", to: table, at: later, now: later) == nil)
    }

    @Test("a nonce is remembered as long as its signature could pass, however the two clocks stand")
    func remembered() throws {
        for lead in stride(from: Int64(-60_000), through: 60_000, by: 7_777) {
            let table = NonceTable(capacity: 10, start: 0, stripes: 1)
            let time = Self.start + lead
            #expect(try Self.offer("a", to: table, at: time, now: Self.start) == nil)
            for now in stride(from: Self.start, through: time + 60_000, by: 997) {
                #expect(try Self.offer("a", to: table, at: time, now: now) == .repeated)
            }
            #expect(try Self.offer("a", to: table, at: time, now: time + 60_001) == .notOfThisMinute)
        }
    }

    @Test("a clock that is put back lets nothing in again that was taken")
    func clockPutBack() throws {
        let table = NonceTable(capacity: 10, start: Self.start, stripes: 1)
        #expect(try Self.offer("a", to: table, at: Self.start + 1_000, now: Self.start + 1_000) == nil)
        // An hour ahead: the nonce expires.
        let ahead = Self.start + 3_600_000
        #expect(try Self.offer("b", to: table, at: ahead, now: ahead) == nil)
        #expect(table.count == 1)
        #expect(try Self.offer("a", to: table, at: Self.start + 1_000, now: Self.start + 2_000) == .tooOld)
        #expect(try Self.offer("b", to: table, at: ahead, now: ahead) == .repeated)
    }

    @Test("many loops at once take each nonce once")
    func threads() async throws {
        let table = NonceTable(capacity: 100_000, start: Self.start)
        let taken = try await withThrowingTaskGroup(of: Int.self) { tasks in
            for _ in 0..<4 {
                tasks.addTask {
                    try (0..<500).count {
                        try Self.offer("n\($0)", to: table, at: Self.start, now: Self.start) == nil
                    }
                }
            }
            return try await tasks.reduce(0, +)
        }
        #expect(taken == 500)
        #expect(table.count == 500)
    }
}
