// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RedisClient
import Testing

struct RedisValueTests {
    @Test("Text comes from bulk strings and statuses only")
    func text() {
        #expect(RedisValue.string(ByteBuffer(string: "😀")).text == "😀")
        #expect(RedisValue.status("OK").text == "OK")
        #expect(RedisValue.error("ERR no").text == nil)
        #expect(RedisValue.null.text == nil)
        #expect(RedisValue.integer(1).text == nil)
    }

    @Test("An integer comes from integers and decimal bulk strings only")
    func integer() {
        #expect(RedisValue.integer(.min).integer == .min)
        #expect(RedisValue.string(ByteBuffer(string: "-42")).integer == -42)
        #expect(RedisValue.string(ByteBuffer(string: "4 2")).integer == nil)
        #expect(RedisValue.status("42").integer == nil)
    }

    @Test("An error tells its kind")
    func error() {
        let error = RedisValue.error("NOSCRIPT No matching script.")
        #expect(error.errorKind == "NOSCRIPT")
        #expect(error.errorMessage == "NOSCRIPT No matching script.")
        #expect(RedisValue.error("LOADING").errorKind == "LOADING")
        #expect(RedisValue.status("NOSCRIPT x").errorKind == nil)
    }

    @Test("Only null is null")
    func null() {
        #expect(RedisValue.null.isNull)
        #expect(!RedisValue.array([]).isNull)
        #expect(!RedisValue.string(ByteBuffer()).isNull)
        #expect(RedisValue.array([.null]).elements == [.null])
        #expect(RedisValue.string(ByteBuffer()).buffer == ByteBuffer())
    }
}
