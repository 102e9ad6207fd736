// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushTesting
import Testing

@testable import PushCore

struct MailboxTests {
    @Test("Only the first letter since the box was emptied wakes the loop")
    func waking() {
        let mailbox = Mailbox()
        #expect(mailbox.post(.broadcast(ByteBuffer(string: "1"))))
        #expect(!mailbox.post(.broadcast(ByteBuffer(string: "2"))))
        #expect(mailbox.takeAll().count == 2)
        #expect(mailbox.takeAll().isEmpty)
        #expect(mailbox.post(.broadcast(ByteBuffer(string: "3"))))
    }

    @Test(
        "From several threads nothing is lost, each thread's letters stay in order, and who empties on each call is never late"
    )
    func threads() async {
        let mailbox = Mailbox()
        let letters = 2000
        let taken = await Threads.run(5) { thread -> [(Int, Int)] in
            guard thread == 0 else {
                for number in 0..<letters {
                    _ = mailbox.post(.publish(ByteBuffer(integer: number), nil, .user("\(thread)"), except: nil))
                }
                return []
            }
            var all: [(Int, Int)] = []
            while all.count < 4 * letters {
                for case .publish(var frame, _, let topic, _) in mailbox.takeAll() {
                    all.append((Int(topic.name) ?? 0, frame.readInteger() ?? -1))
                }
            }
            return all
        }
        for thread in 1...4 {
            #expect(taken[0].filter { $0.0 == thread }.map(\.1) == Array(0..<letters))
        }
    }
}
