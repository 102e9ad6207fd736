// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import Testing

/// What every archive does. The archive is empty at first.
///
/// - Parameter stored: reads its table, in the order of ids and recipients.
func verifyMessageArchive(
    _ archive: any MessageArchive, stored: () async throws -> [StoredRow],
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    #expect(try await archive.newestID() == nil, "an empty archive has no newest id", sourceLocation: sourceLocation)
    try await archive.append([])
    #expect(try await stored().isEmpty, "no rows, nothing written", sourceLocation: sourceLocation)

    var expected: [ArchiveRow] = []
    func append(_ rows: [ArchiveRow], _ what: Comment) async throws {
        try await archive.append(rows)
        expected += rows
        expected.sort { ($0.id, $0.toUID) < ($1.id, $1.toUID) }
        #expect(try await stored() == expected.map { StoredRow($0) }, what, sourceLocation: sourceLocation)
    }

    try await append(
        [
            ArchiveRow(2, isDelivered: true, time: 1_599_877_568), ArchiveRow(3, time: 0),
            ArchiveRow(4, time: 253_402_300_799), ArchiveRow(5, from: "0", to: "a-b_c@d:E9", type: "app.type_x-1"),
        ],
        "state, times and names as they were given"
    )
    try await append(
        ["z", "a", "A", "b", "1"].map { ArchiveRow(6, to: $0, isDelivered: $0 == "b") },
        "many recipients of one message, whose names differ by case"
    )
    let contents = [
        #""""#, "null", "0", "-1.5e+300", "[]", #"{"a":[1,{"b":null}]}"#, #"{"value":"新内容 😀👩‍👩‍👧 \u{1F1E8}\u{1F1F3}"}"#,
        #"{"value":"O'Brien \"quoted\" \\ back\\\\slash % _ ; -- /* */ `"}"#,
        #"{"value":"\u0000\u001f\ud83d\ude00\n"}"#,
        "{ \"spaces\" :\t1 ,\r\n\"kept\" : 1.0 }", "\"e\u{301} \u{FEFF}\u{200F}\u{7F}\"",
        "\"" + String(repeating: "😀", count: 15 * 1024) + "\"",
    ]
    try await append(
        contents.enumerated().map { ArchiveRow(10 + UInt64($0.offset), content: $0.element) },
        "every content byte for byte"
    )
    #expect(
        try await archive.newestID() == expected.last?.id.rawValue, "the newest id", sourceLocation: sourceLocation
    )

    // After a failure nobody knows which rows arrived, so the same rows come again, alone or among new ones.
    try await archive.append(expected)
    #expect(
        try await stored() == expected.map { StoredRow($0) }, "repeated rows do nothing", sourceLocation: sourceLocation
    )
    var changed = expected[0]
    changed.content = ByteBuffer(string: "\"other\"")
    try await archive.append([changed, changed])
    #expect(try await stored() == expected.map { StoredRow($0) }, "the first row stays", sourceLocation: sourceLocation)
    let new = ArchiveRow(7)
    try await archive.append([expected[1], new, expected[2], new])
    expected.append(new)
    expected.sort { ($0.id, $0.toUID) < ($1.id, $1.toUID) }
    #expect(
        try await stored() == expected.map { StoredRow($0) }, "new rows among repeated ones arrive",
        sourceLocation: sourceLocation
    )

    // An id of an earlier time may come late: from another node, or out of a spool.
    try await append([ArchiveRow(1)], "an older id")
    #expect(
        try await archive.newestID() == expected.last?.id.rawValue, "an older id is not the newest",
        sourceLocation: sourceLocation
    )
    try await append((1000..<3000).map { ArchiveRow($0, isDelivered: $0 % 3 == 0) }, "a batch of thousands")
    #expect(
        try await archive.newestID() == expected.last?.id.rawValue, "the newest of thousands",
        sourceLocation: sourceLocation
    )
}
