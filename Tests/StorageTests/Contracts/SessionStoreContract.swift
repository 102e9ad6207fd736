// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import PushCore
import PushProtocol
import Testing

/// What every session store does. The store is empty at first.
///
/// - Parameter write: stores the bytes of a user's record as an application would; nil removes it.
func verifySessionStore(
    _ store: any SessionStore, write: (_ uid: String, _ record: [UInt8]?) async throws -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    func records(_ uids: String...) async throws -> [LoginRecord?] {
        try await store.records(for: uids, on: loop).get()
    }
    func record(_ token: String) -> LoginRecord {
        LoginRecord(grants: ["app": LoginRecord.Grant(token: token, uid: "u", expires: 15_666_063_466_000)])
    }

    #expect(try await records() == [], "no question, no answer", sourceLocation: sourceLocation)
    #expect(try await records("nobody") == [nil], "a user without a record", sourceLocation: sourceLocation)

    try await write("json", Array(#"{"app":{"uid":"u","token":"one","expires":15666063466},"info":{"a":1}}"#.utf8))
    let serialized = #"a:1:{s:3:"app";a:3:{s:3:"uid";s:1:"u";s:5:"token";s:3:"two";s:7:"expires";i:15666063466;}}"#
    try await write("think", Array("think_serialize:\(serialized)".utf8))
    try await write("php", Array(serialized.utf8))
    try await write("a-b_c@d:E9", Array(#"{"app":{"uid":"u","token":"新😀\u0000","expires":"15666063466"}}"#.utf8))
    for (uid, garbage) in [
        ("text", "hello"), ("cut", #"{"app":{"#), ("bytes", "\u{FE}\u{0}"), ("object", #"O:1:"A":0:{}"#),
    ] {
        try await write(uid, Array(garbage.utf8))
    }
    try await write("empty", [])

    #expect(
        try await records("json", "think", "php", "a-b_c@d:E9")
            == [record("one"), record("two"), record("two"), record("新😀\0")],
        "every form of a record", sourceLocation: sourceLocation
    )
    #expect(
        try await records("php", "nobody", "json", "php") == [record("two"), nil, record("one"), record("two")],
        "in the order asked, repeated ones too", sourceLocation: sourceLocation
    )
    #expect(
        try await records("text", "cut", "json", "bytes", "object", "empty") == [
            nil, nil, record("one"), nil, nil, nil,
        ],
        "one that cannot be read is none, and hides no other", sourceLocation: sourceLocation
    )
    #expect(try await records("JSON") == [nil], "names differ by case", sourceLocation: sourceLocation)

    try await write("json", Array(#"{"app":{"uid":"u","token":"new","expires":15666063466}}"#.utf8))
    try await write("php", nil)
    #expect(
        try await records("json", "php") == [record("new"), nil], "a change is seen by the next question",
        sourceLocation: sourceLocation
    )

    let many = (0..<2000).map { $0 % 2 == 0 ? "json" : "none\($0)" }
    let answers = try await store.records(for: many, on: loop).get()
    #expect(
        answers == many.map { $0 == "json" ? record("new") : nil }, "many at once", sourceLocation: sourceLocation
    )

    for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
        let isOnLoop = try await loop.flatSubmit {
            store.records(for: ["json"], on: loop).map { _ in loop.inEventLoop }
        }.get()
        #expect(isOnLoop, "the answer comes on the loop that asked", sourceLocation: sourceLocation)
    }
}
