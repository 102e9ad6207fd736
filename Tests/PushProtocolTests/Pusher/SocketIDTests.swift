// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import PushTesting
import Testing

@Suite("Channels: socket ids")
struct SocketIDTests {
    static let texts: [(SocketID, String)] = [
        (SocketID(session: 0, node: 0, salt: 0), "0.0"), (SocketID(session: 1, node: 1, salt: 0), "1.1"),
        (SocketID(session: 17, node: 0, salt: 1), "17.1024"), (SocketID(session: 17, node: 1023, salt: 1), "17.2047"),
        (SocketID(session: .max, node: 1023, salt: .max), "18446744073709551615.4398046511103"),
        // A node beyond the range keeps what fits of its number.
        (SocketID(session: 2, node: 1024, salt: 3), "2.3072"), (SocketID(session: 2, node: -1, salt: 0), "2.1023"),
    ]

    @Test("are two whole numbers with a dot between them", arguments: texts)
    func text(id: SocketID, text: String) {
        #expect(id.text == text)
        #expect(SocketID(text) == id)
        #expect(SocketID(("x" + text).dropFirst()) == id)
        #expect(SocketID.isWellFormed(text))
    }

    static let refused = [
        "", ".", "1", "1.", ".1", "1.2.3", "1..2", "-1.2", "1.-2", "+1.2", "1.+2", " 1.2", "1.2 ", "1.2\n", "a.b",
        "0x1.2", "1e3.2", "1,2", "１.2", "1.\u{301}2", "1:2", "1.2:private-a", "1.2:private-x:{}", "1.2::user::{}",
        "\u{0}1.2",
        "1." + String(repeating: "2", count: 40),
    ]

    /// Of the form, with numbers that none of ours has.
    static let others = ["18446744073709551616.1", "1.4398046511104", "1.18446744073709551616"]

    @Test("of another form are none", arguments: refused)
    func refuses(text: String) {
        #expect(SocketID(text) == nil)
        #expect(!SocketID.isWellFormed(text))
    }

    @Test("of another server have the form only", arguments: others)
    func other(text: String) {
        #expect(SocketID(text) == nil)
        #expect(SocketID.isWellFormed(text))
    }

    @Test("one part apart is another connection")
    func different() {
        let id = SocketID(session: 7, node: 3, salt: 9)
        #expect(id != SocketID(session: 8, node: 3, salt: 9))
        #expect(id != SocketID(session: 7, node: 4, salt: 9))
        #expect(id != SocketID(session: 7, node: 3, salt: 10))
    }

    @Test("read back what was written")
    func roundTrip() throws {
        try Fuzz.run("socket ids", rounds: 10_000) {
            $0.bytes(16)
        } check: { input, _ in
            let words = input.withUnsafeBytes {
                ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
            let id = SocketID(
                session: words.0, node: Int(words.1 & 1023), salt: UInt32(truncatingIfNeeded: words.1 >> 32)
            )
            try #require(SocketID(id.text) == id)
        }
    }
}
