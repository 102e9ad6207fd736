// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Which node is next: each in its turn, but for those that do not answer.
struct NodeRing: Sendable {
    /// Why a node is of no use; nil where it is, as far as is known.
    private(set) var problems: [String?]
    private var next = 0

    init(count: Int) {
        self.problems = [String?](repeating: nil, count: count)
    }

    /// The nodes that may be asked, the one whose turn it is first.
    ///
    /// - Parameter first: a number that stands for what must come to the same node every time, as long as that is of
    ///   use; nil where any will do.
    mutating func candidates(first: Int? = nil) -> [Int] {
        guard !self.problems.isEmpty else { return [] }
        let start: Int
        if let first {
            start = first % self.problems.count
        } else {
            start = self.next
            self.next = (self.next + 1) % self.problems.count
        }
        return self.problems.indices.map { (start + $0) % self.problems.count }.filter { self.problems[$0] == nil }
    }

    /// Remembers how a node did.
    ///
    /// - Parameter problem: nil where it answered.
    /// - Returns: whether that is news.
    mutating func note(_ index: Int, problem: String?) -> Bool {
        defer { self.problems[index] = problem }
        return self.problems[index] != problem
    }
}
