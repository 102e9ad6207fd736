// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushTesting
import Testing

struct TopicDirectoryTests {
    @Test("A topic is on one loop, on many, and gone with its last subscriber")
    func life() {
        let directory = TopicDirectory(loopCount: 3)
        let topic = Topic.user("a")
        #expect(directory.loops(of: topic) == nil)
        directory.add(topic, loop: 2)
        directory.add(topic, loop: 2)
        #expect(directory.loops(of: topic) == .one(loop: 2, count: 2))
        directory.add(topic, loop: 0)
        #expect(directory.loops(of: topic) == .many([1, 0, 2]))
        directory.remove(topic, loop: 2)
        directory.remove(topic, loop: 2)
        #expect(directory.loops(of: topic) == .many([1, 0, 0]))
        directory.remove(topic, loop: 0)
        #expect(directory.loops(of: topic) == nil)
        directory.remove(topic, loop: 0)
        #expect(directory.loops(of: topic) == nil)
    }

    @Test("The kinds are name spaces of their own")
    func kinds() {
        let directory = TopicDirectory(loopCount: 1)
        directory.add(.echo("a"), loop: 0)
        #expect(directory.loops(of: .user("a")) == nil)
        #expect(!directory.hasTopics(of: .user))
        directory.add(.user("b"), loop: 0)
        directory.add(.user("c"), loop: 0)
        #expect(directory.hasTopics(of: .user))
        #expect(directory.names(of: .user).sorted() == ["b", "c"])
        #expect(directory.names(of: .echo) == ["a"])
    }

    @Test("It counts like a table of topics and loops")
    func model() throws {
        try Fuzz.run("topic directory", make: { $0.bytes(8) }) { _, generator in
            let loops = 1 + generator.below(4)
            let directory = TopicDirectory(loopCount: loops)
            let topics = (0..<5).map { Topic.user("\($0)") }
            var counts: [Topic: [UInt32]] = [:]
            for _ in 0..<200 {
                let topic = generator.pick(topics)
                let loop = generator.below(loops)
                var row = counts[topic] ?? Array(repeating: 0, count: loops)
                if generator.once(in: 2) {
                    directory.add(topic, loop: loop)
                    row[loop] += 1
                } else if row[loop] > 0 {
                    directory.remove(topic, loop: loop)
                    row[loop] -= 1
                }
                counts[topic] = row
                for topic in topics {
                    try #require(
                        Self.counts(directory, topic, loops: loops) == counts[topic]
                            ?? [UInt32](repeating: 0, count: loops))
                }
            }
        }
    }

    @Test("Two looks find who was there at either")
    func twoLooks() {
        let directory = TopicDirectory(loopCount: 3)
        let topic = Topic.user("u")
        #expect(directory.loops(of: topic, and: nil) == nil)
        directory.add(topic, loop: 1)
        let one = directory.loops(of: topic)
        #expect(directory.loops(of: topic, and: nil) == .one(loop: 1, count: 1), "came")
        #expect(directory.loops(of: topic, and: one) == one)
        directory.add(topic, loop: 2)
        #expect(directory.loops(of: topic, and: one) == .many([0, 1, 1]), "another came")
        directory.remove(topic, loop: 1)
        #expect(directory.loops(of: topic, and: one) == .many([0, 1, 1]), "one went, another came")
        directory.remove(topic, loop: 2)
        #expect(directory.loops(of: topic, and: one) == one, "went")
    }

    @Test("Loops that come and go at once lose no count, and who stays is always found")
    func threads() async {
        let directory = TopicDirectory(loopCount: 4)
        let topics = (0..<8).map { Topic.user("\($0)") }
        for topic in topics { directory.add(topic, loop: 0) }
        let missed = await Threads.run(6) { thread -> Int in
            var generator = SeededGenerator(seed: UInt64(thread))
            var missed = 0
            for _ in 0..<8000 {
                let topic = generator.pick(topics)
                if thread < 4 {
                    directory.add(topic, loop: thread)
                    directory.remove(topic, loop: thread)
                } else if directory.loops(of: topic) == nil {
                    missed += 1
                }
            }
            // Each leaves one behind on the first topic.
            if thread < 4 { directory.add(topics[0], loop: thread) }
            return missed
        }
        #expect(missed == [0, 0, 0, 0, 0, 0])
        #expect(directory.loops(of: topics[0]) == .many([2, 1, 1, 1]))
        for topic in topics.dropFirst() { #expect(Self.counts(directory, topic, loops: 4) == [1, 0, 0, 0]) }
    }

    private static func counts(_ directory: TopicDirectory, _ topic: Topic, loops: Int) -> [UInt32] {
        switch directory.loops(of: topic) {
        case nil: return Array(repeating: 0, count: loops)
        case .one(let loop, let count)?:
            var counts = [UInt32](repeating: 0, count: loops)
            counts[Int(loop)] = count
            return counts
        case .many(let counts)?: return counts
        }
    }
}
