// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Which loops have subscribers of a topic, and how many: the one thing that a publisher has to know about the other
/// loops. Any thread.
package final class TopicDirectory: Sendable {
    /// Where the subscribers of a topic are.
    package enum Loops: Equatable, Sendable {
        /// Some on one loop: the usual case for a user, and it needs no memory of its own.
        case one(loop: Int32, count: UInt32)
        /// How many on each loop.
        case many([UInt32])

        fileprivate func count(on loop: Int) -> UInt32 {
            switch self {
            case .one(let only, let count): Int(only) == loop ? count : 0
            case .many(let counts): counts[loop]
            }
        }
    }

    private let topics = Striped<Topic, Loops>()
    private let loopCount: Int

    package init(loopCount: Int) {
        self.loopCount = loopCount
    }

    /// Counts a subscriber in.
    package func add(_ topic: Topic, loop: Int) {
        self.topics.withStripe(of: topic) { topics in
            switch topics[topic] {
            case nil:
                topics[topic] = .one(loop: Int32(loop), count: 1)
            case .one(let only, let count)? where Int(only) == loop:
                topics[topic] = .one(loop: only, count: count + 1)
            case .one(let only, let count)?:
                var counts = [UInt32](repeating: 0, count: self.loopCount)
                counts[Int(only)] = count
                counts[loop] += 1
                topics[topic] = .many(counts)
            case .many(var counts)?:
                counts[loop] += 1
                topics[topic] = .many(counts)
            }
        }
    }

    /// Counts a subscriber out.
    package func remove(_ topic: Topic, loop: Int) {
        self.topics.withStripe(of: topic) { topics in
            switch topics[topic] {
            case nil: return
            case .one(let only, let count)?:
                topics[topic] = count > 1 ? .one(loop: only, count: count - 1) : nil
            case .many(var counts)?:
                counts[loop] -= min(1, counts[loop])
                topics[topic] = counts.allSatisfy { $0 == 0 } ? nil : .many(counts)
            }
        }
    }

    /// Where the subscribers of a topic are; nil where there is none.
    package func loops(of topic: Topic) -> Loops? {
        self.topics.withStripe(of: topic) { $0[topic] }
    }

    /// Where the subscribers of a topic are, or were at an earlier look.
    package func loops(of topic: Topic, and earlier: Loops?) -> Loops? {
        let now = self.loops(of: topic)
        switch (earlier, now) {
        case (nil, let known), (let known, nil): return known
        case (.one(let before, _)?, .one(let loop, _)?) where before == loop: return now
        case (let before?, let now?):
            return .many((0..<self.loopCount).map { max(before.count(on: $0), now.count(on: $0)) })
        }
    }

    /// How many subscribers a topic has. Any thread.
    package func count(of topic: Topic) -> Int {
        switch self.loops(of: topic) {
        case nil: 0
        case .one(_, let count)?: Int(count)
        case .many(let counts)?: counts.reduce(0) { $0 + Int($1) }
        }
    }

    /// Whether any topic of a kind has subscribers.
    package func hasTopics(of kind: Topic.Kind) -> Bool {
        var found = false
        self.topics.forEachStripe { found = found || $0.keys.contains { $0.kind == kind } }
        return found
    }

    /// The names of all topics of a kind that have subscribers; not one consistent picture.
    ///
    /// - Parameter prefix: what the names begin with.
    package func names(of kind: Topic.Kind, prefix: String = "") -> [String] {
        var names: [String] = []
        self.topics.forEachStripe { topics in
            for topic in topics.keys where topic.kind == kind && topic.name.utf8.starts(with: prefix.utf8) {
                names.append(topic.name)
            }
        }
        return names
    }
}
