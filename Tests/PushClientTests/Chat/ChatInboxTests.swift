// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PushClient

@Suite final class ChatInboxTests {
    private var inbox = ChatInbox(remembering: 100)

    private func takes(_ id: String, isLive: Bool = true, hasRoom: Bool = true) -> Bool {
        self.inbox.takes(id, isLive: isLive, hasRoom: hasRoom)
    }

    private func take(_ ids: String..., isLive: Bool = true) {
        for id in ids {
            let isTaken = self.takes(id, isLive: isLive)
            #expect(isTaken, "\(id)")
        }
    }

    private func acknowledges(_ id: String) -> String? { self.inbox.acknowledges(id) }

    /// What is acknowledged when the loop is done with a message.
    private func finish(_ id: String) -> String? {
        self.inbox.finish(id)
        return self.inbox.acknowledges(id)
    }

    @Test func aMessageIsTakenOnce() {
        self.take("1")
        #expect(!self.takes("1"))
        #expect(!self.inbox.wantsConnection)
    }

    @Test func behindOneThatWasLeftOutNothingIsTakenUntilTheNextConnection() {
        #expect(!self.takes("1", hasRoom: false))
        #expect(self.inbox.wantsConnection)
        #expect(!self.takes("2"))
        self.inbox.begins()
        self.take("1", "2")
    }

    @Test func memoryIsBounded() {
        for id in 0...100 { self.take(String(id)) }
        #expect(self.takes("0"))
        #expect(!self.takes("100"))
    }

    @Test func whatTheLoopIsDoneWithIsAcknowledgedInTheOrderOfTheNumbers() {
        self.take("9", "10", "11")
        #expect(self.acknowledges("9") == nil)
        #expect(self.finish("9") == "9")
        #expect(self.finish("11") == "11")
        #expect(self.finish("10") == nil)
    }

    @Test func oneThatComesLateIsNotAcknowledgedByAHigherOne() {
        self.take("11", "10")
        #expect(self.finish("11") == nil)
        #expect(self.finish("10") == "11")
    }

    @Test func whatComesAgainIsAcknowledgedAgainWhereItIsDoneWith() {
        self.take("1", "2", "3")
        #expect(self.finish("2") == "2")
        self.inbox.begins()
        #expect(self.acknowledges("2") == nil)
        for (id, acknowledged) in [("1", "1"), ("2", "2"), ("3", nil)] {
            #expect(!self.takes(id))
            #expect(self.acknowledges(id) == acknowledged)
        }
        #expect(self.finish("3") == "3")
    }

    @Test func aGapIsNotAcknowledged() {
        self.inbox.isDelayed()
        self.take("100")
        #expect(self.finish("100") == nil)
        self.take("1", isLive: false)
        #expect(self.finish("1") == "1")
        self.take("101")
        self.take("2", isLive: false)
        #expect(self.finish("101") == nil)
        #expect(!self.takes("3", isLive: false, hasRoom: false))
        #expect(self.acknowledges("3") == nil)
        #expect(self.finish("2") == "2")
        self.inbox.begins()
        self.take("3", isLive: false)
        for id in ["100", "101"] {
            #expect(!self.takes(id))
            #expect(self.acknowledges(id) == nil)
        }
        #expect(self.finish("3") == "101")
    }

    @Test func oneThatWasLeftOutBelowIsNotAcknowledged() {
        self.take("11")
        #expect(!self.takes("10", hasRoom: false))
        #expect(self.finish("11") == nil)
    }

    @Test func aGapThatStaysIsWorthANewConnection() {
        self.inbox.isDelayed()
        for id in 1...ChatInbox.maximumWithheld {
            #expect(!self.inbox.wantsConnection)
            self.take(String(id))
            #expect(self.finish(String(id)) == nil)
        }
        #expect(self.inbox.wantsConnection)
        self.inbox.begins()
        #expect(!self.inbox.wantsConnection)
    }
}
