// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@testable import Storage

struct MigratedRowTests {
    private static let now: Int64 = 1_700_000_000

    private static var source: MigratedRow.Source {
        MigratedRow.Source(
            id: "7", uid: "12", toUID: "34", type: "chat", content: Array(#"{"a" :1}"#.utf8), contentLength: 8,
            state: 0,
            createTime: 1_599_877_568, updateTime: 1_599_877_570
        )
    }

    private func row(_ change: (inout MigratedRow.Source) -> Void) throws -> MigratedRow {
        var source = Self.source
        change(&source)
        return try MigratedRow(source, now: Self.now)
    }

    @Test func keepsWhatIsThere() throws {
        let row = try self.row { _ in }
        #expect(row.id.rawValue == 1_599_877_568 * 1_048_576_000 + 7)
        #expect([row.uid, row.toUID, row.type] == ["12", "34", "chat"])
        #expect(row.content == Array(#"{"a" :1}"#.utf8))
        #expect([row.state, row.createTime, row.updateTime] == [0, 1_599_877_568, 1_599_877_570])
    }

    @Test func fillsInWhatIsMissing() throws {
        let row = try self.row {
            $0 = .init(id: "7", uid: nil, toUID: "34", content: Array("1".utf8), contentLength: 1)
        }
        #expect([row.uid, row.type] == ["0", "chat"])
        #expect([row.state, row.createTime, row.updateTime] == [1, 0, 0], "nobody knows that it is waiting")
    }

    @Test(arguments: [
        ("hello \"you\"", #"{"type":"text","value":"hello \"you\""}"#), ("", #"{"type":"text","value":""}"#),
        ("{\"a\":1,}", #"{"type":"text","value":"{\"a\":1,}"}"#), ("新 1", #"{"type":"text","value":"新 1"}"#),
        ("12", "12"), ("\"x\"", "\"x\""), ("[1, 2]", "[1, 2]"), ("null", "null"),
    ])
    func aContentThatIsNoJSONBecomesAText(_ content: (old: String, new: String)) throws {
        let row = try self.row { $0.content = Array(content.old.utf8) }
        #expect(String(decoding: row.content, as: UTF8.self) == content.new)
    }

    static let refused: [(MigratedRow.Refusal, @Sendable (inout MigratedRow.Source) -> Void)] = [
        (.recipient, { $0.toUID = nil }), (.recipient, { $0.toUID = "" }), (.recipient, { $0.toUID = "a b" }),
        (.recipient, { $0.toUID = String(repeating: "x", count: 65) }), (.sender, { $0.uid = "a'b" }),
        (.type, { $0.type = "a b" }), (.noContent, { $0.content = nil }),
        (.largeContent, { ($0.content, $0.contentLength) = (nil, 65_537) }),
        (.largeContent, { $0.content = Array(repeating: UInt8(ascii: "x"), count: 65_536) }),
    ]

    @Test(arguments: Self.refused.indices) func refusesWhatCouldNotHaveBeenSent(_ index: Int) {
        let (refusal, change) = Self.refused[index]
        #expect(throws: refusal) { try self.row(change) }
    }
}
