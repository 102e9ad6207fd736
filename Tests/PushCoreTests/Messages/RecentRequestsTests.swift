// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushTesting
import Testing

struct RecentRequestsTests {
    private final class Answer: Sendable {}

    private func name(_ name: String, scope: String = "a") -> RequestName { RequestName(scope: scope, name: name) }

    @Test("A name is known from the first answer to the end of its time, counted from then")
    func lifetime() {
        let requests = RecentRequests<Answer>(capacity: 6400, lifetime: 1000)
        let first = Answer()
        #expect(requests.answer(to: self.name("1"), uptime: 5) == nil)
        #expect(requests.remember(first, for: self.name("1"), uptime: 5) === first)
        #expect(
            requests.remember(Answer(), for: self.name("1"), uptime: 500) === first, "a repetition does not renew it")
        #expect(requests.answer(to: self.name("1"), uptime: 1004) === first)
        #expect(requests.answer(to: self.name("1"), uptime: 1005) == nil)
        let second = Answer()
        #expect(requests.remember(second, for: self.name("1"), uptime: 1005) === second)
    }

    @Test("Each scope has its own names, also where name and scope are the same letters otherwise cut")
    func scopes() {
        let requests = RecentRequests<Answer>(capacity: 6400, lifetime: 1000)
        let answers = [Answer(), Answer(), Answer()]
        let names = [self.name("bc", scope: "a"), self.name("c", scope: "ab"), self.name("a", scope: "bc")]
        for (name, answer) in zip(names, answers) {
            #expect(requests.remember(answer, for: name, uptime: 0) === answer)
        }
        for (name, answer) in zip(names, answers) { #expect(requests.answer(to: name, uptime: 0) === answer) }
    }

    @Test("A full table lets the oldest go, and only those")
    func full() {
        let requests = RecentRequests<Answer>(capacity: 4, lifetime: 1000, stripes: 1)
        let answers = (0..<6).map { _ in Answer() }
        for (index, answer) in answers.enumerated() {
            _ = requests.remember(answer, for: self.name("\(index)"), uptime: Int64(index))
        }
        let known = (0..<6).map { requests.answer(to: self.name("\($0)"), uptime: 10) === answers[$0] }
        #expect(known == [false, false, true, true, true, true])
    }

    @Test("Never are more names kept than the capacity, over all stripes")
    func capacity() {
        let requests = RecentRequests<Answer>(capacity: 640, lifetime: .max / 2)
        let names = (0..<5000).map { self.name("\($0)") }
        for name in names { _ = requests.remember(Answer(), for: name, uptime: 0) }
        let kept = names.count { requests.answer(to: $0, uptime: 0) != nil }
        #expect(kept == 640)
    }

    @Test("A forgotten name is free, and its second life is not ended by the end of the first")
    func forget() {
        let requests = RecentRequests<Answer>(capacity: 100, lifetime: 1000, stripes: 1)
        let first = Answer()
        _ = requests.remember(first, for: self.name("1"), uptime: 0)
        requests.forget(self.name("1"))
        #expect(requests.answer(to: self.name("1"), uptime: 1) == nil)
        let second = Answer()
        #expect(requests.remember(second, for: self.name("1"), uptime: 500) === second)
        #expect(requests.answer(to: self.name("1"), uptime: 1200) === second)
        #expect(requests.answer(to: self.name("1"), uptime: 1500) == nil)
        requests.forget(self.name("never used"))
    }

    @Test("Of threads that use a name at once, all get the answer of one of them")
    func threads() async {
        let requests = RecentRequests<Answer>(capacity: 100_000, lifetime: 1000)
        let answers = await Threads.run(4) { _ in
            (0..<5000).map {
                ObjectIdentifier(requests.remember(Answer(), for: RequestName(scope: "a", name: "\($0)"), uptime: 0))
            }
        }
        for thread in 1..<4 { #expect(answers[thread] == answers[0]) }
        #expect(Set(answers[0]).count == 5000)
    }
}
