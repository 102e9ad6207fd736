// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PushClient

@Suite struct ChatInboxTests {
    @Test func aMessageIsTakenOnce() {
        var inbox = ChatInbox()
        #expect(inbox.takes("1", hasRoom: true) == true)
        #expect(inbox.takes("1", hasRoom: true) == false)
        #expect(!inbox.isBehind)
    }

    @Test func behindOneThatWasLeftOutNothingIsTakenUntilTheNextConnection() {
        var inbox = ChatInbox()
        #expect(inbox.takes("1", hasRoom: false) == false)
        #expect(inbox.isBehind)
        #expect(inbox.takes("2", hasRoom: true) == false)
        inbox.begins()
        #expect(inbox.takes("1", hasRoom: true) == true)
        #expect(inbox.takes("2", hasRoom: true) == true)
    }

    @Test func memoryIsBounded() {
        var inbox = ChatInbox()
        for id in 0...ChatInbox.maximumSeen { _ = inbox.takes(String(id), hasRoom: true) }
        #expect(inbox.takes("0", hasRoom: true) == true)
        #expect(inbox.takes(String(ChatInbox.maximumSeen), hasRoom: true) == false)
    }

    @Test func whatIsFinishedIsEverythingUpToTheHighest() {
        var inbox = ChatInbox()
        #expect(!inbox.isFinished("0"))
        inbox.finish("20")
        inbox.finish("10")
        #expect(inbox.isFinished("9"))
        #expect(inbox.isFinished("20"))
        #expect(!inbox.isFinished("21"))
        #expect(!inbox.isFinished("100"))
    }
}
