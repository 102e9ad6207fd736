// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import PushCore
package import PushProtocol
internal import Synchronization

/// A session store that answers as the test says: at once, when told to, or not at all. Any thread.
package final class ScriptedSessionStore: SessionStore {
    /// What it does with a question.
    package enum Behaviour: Sendable {
        case answers
        /// Keeps the question until ``answer()`` or ``fail()``.
        case waits
        /// Cannot be reached.
        case fails
    }

    /// Why a question failed.
    package struct Unreachable: Error {
        package init() {}
    }

    private struct Question: Sendable {
        let uids: [String]
        let promise: EventLoopPromise<[LoginRecord?]>
    }

    private struct State {
        var behaviour = Behaviour.answers
        var records: [String: LoginRecord] = [:]
        var questions: [[String]] = []
        var pending: [Question] = []
    }

    private let state = Mutex(State())

    package init() {}

    package var behaviour: Behaviour {
        get { self.state.withLock { $0.behaviour } }
        set { self.state.withLock { $0.behaviour = newValue } }
    }

    /// The uids of each question, sorted.
    package var questions: [[String]] { self.state.withLock { $0.questions } }

    /// Lets a login in.
    ///
    /// - Parameters:
    ///   - expires: milliseconds since 1970.
    ///   - channels: those that need no signature.
    package func grant(_ login: AccessToken, expires: Int64? = nil, channels: [String] = []) {
        self.state.withLock { state in
            state.records[login.uid, default: LoginRecord(grants: [:])].grants[login.source] =
                LoginRecord.Grant(token: login.token, uid: login.uid, expires: expires, channels: channels)
        }
    }

    /// Removes a user's record.
    package func revoke(_ uid: String) {
        self.state.withLock { $0.records[uid] = nil }
    }

    /// Answers what waits, from the records as they are now.
    package func answer() {
        for question in self.takePending() { question.promise.succeed(self.records(question.uids)) }
    }

    /// Fails what waits.
    package func fail() {
        for question in self.takePending() { question.promise.fail(Unreachable()) }
    }

    package func records(for uids: [String], on loop: any EventLoop) -> EventLoopFuture<[LoginRecord?]> {
        let promise = loop.makePromise(of: [LoginRecord?].self)
        let behaviour = self.state.withLock { state in
            state.questions.append(uids.sorted())
            if state.behaviour == .waits { state.pending.append(Question(uids: uids, promise: promise)) }
            return state.behaviour
        }
        switch behaviour {
        case .answers: promise.succeed(self.records(uids))
        case .fails: promise.fail(Unreachable())
        case .waits: break
        }
        return promise.futureResult
    }

    private func takePending() -> [Question] {
        self.state.withLock { state in
            defer { state.pending = [] }
            return state.pending
        }
    }

    private func records(_ uids: [String]) -> [LoginRecord?] {
        self.state.withLock { state in uids.map { state.records[$0] } }
    }
}
