// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushCore
package import PushProtocol
internal import Synchronization

/// An archive in memory that answers as the test says: at once, when told to, or with a failure. It keeps cursors too.
/// Any thread.
package final class ScriptedHistory: MessageHistory {
    /// What it does with a question.
    package enum Behaviour: Sendable {
        case answers
        /// Keeps the question, and reads when it is released: a slow query.
        case holdsQuestions
        /// Reads at once, and keeps what it read until it is released: a slow way back.
        case holdsAnswers
    }

    /// What it was asked.
    package enum Question: Equatable, Sendable {
        case inbox(InboxQuery)
        case conversation(ConversationQuery)
        case unread(String)
        case markRead(ReadMark)
    }

    private struct Held: Sendable {
        let answer: @Sendable () -> Void
        let fail: @Sendable () -> Void
    }

    private struct State {
        var model = HistoryModel()
        var behaviour = Behaviour.answers
        var isAway = false
        var questions: [Question] = []
        var held: [Held] = []
    }

    private let state = Mutex(State())

    package init() {}

    // MARK: - What it holds

    /// Keeps a row, wherever its id belongs; one with the id and recipient of another is left out.
    package func append(_ row: ArchiveRow) { self.state.withLock { $0.model.append(row) } }

    /// All rows, in the order of their ids.
    package var rows: [ArchiveRow] { self.state.withLock { $0.model.rows } }

    /// How far a user has read a peer; nil where nothing is said of it.
    package func mark(of uid: String, peer: String) -> MessageID? {
        self.state.withLock { $0.model.marks[uid]?[peer] }
    }

    /// The cursor of a terminal; nil where it has none.
    package func cursor(of uid: String, source: String) -> MessageID? {
        self.state.withLock { $0.model.cursors[uid]?[source] }
    }

    /// Whether messages that were delivered are removed, as where the archive keeps what is unread only.
    package var removesDelivered: Bool {
        get { self.state.withLock { $0.model.removesDelivered } }
        set { self.state.withLock { $0.model.removesDelivered = newValue } }
    }

    // MARK: - What it does

    package var behaviour: Behaviour {
        get { self.state.withLock { $0.behaviour } }
        set { self.state.withLock { $0.behaviour = newValue } }
    }

    /// Whether it cannot be read: every question that it comes to fails.
    package var isAway: Bool {
        get { self.state.withLock { $0.isAway } }
        set { self.state.withLock { $0.isAway = newValue } }
    }

    /// What it was asked, in order.
    package var questions: [Question] { self.state.withLock { $0.questions } }

    /// How many questions wait.
    package var heldCount: Int { self.state.withLock { $0.held.count } }

    /// Answers what waits, the first first; what comes after is held again.
    ///
    /// - Parameter count: nil for all.
    package func release(_ count: Int? = nil) {
        for held in self.take(count) { held.answer() }
    }

    /// Fails what waits.
    package func fail() {
        for held in self.take(nil) { held.fail() }
    }

    private func take(_ count: Int?) -> [Held] {
        self.state.withLock { state in
            let taken = Array(state.held.prefix(count ?? state.held.count))
            state.held.removeFirst(taken.count)
            return taken
        }
    }

    // MARK: - The port

    package func inbox(_ query: InboxQuery, on loop: any EventLoop) -> EventLoopFuture<InboxPage> {
        self.ask(.inbox(query), on: loop) { $0.inbox(query) }
    }

    package func conversation(
        _ query: ConversationQuery, on loop: any EventLoop
    ) -> EventLoopFuture<ConversationPage> {
        self.ask(.conversation(query), on: loop) { $0.conversation(query) }
    }

    package func unread(of uid: String, on loop: any EventLoop) -> EventLoopFuture<[UnreadCount]> {
        self.ask(.unread(uid), on: loop) { $0.unread(of: uid) }
    }

    package func markRead(_ mark: ReadMark, on loop: any EventLoop) -> EventLoopFuture<Void> {
        self.ask(.markRead(mark), on: loop) { $0.markRead(mark) }
    }

    package func newestCursor() async throws(ArchiveError) -> MessageID? {
        self.state.withLock { $0.model.cursors.values.flatMap(\.values).max() }
    }

    private func ask<Answer: Sendable>(
        _ question: Question, on loop: any EventLoop, _ look: @escaping @Sendable (inout HistoryModel) -> Answer
    ) -> EventLoopFuture<Answer> {
        let promise = loop.makePromise(of: Answer.self)
        let behaviour = self.state.withLock { state in
            state.questions.append(question)
            return state.behaviour
        }
        switch behaviour {
        case .answers:
            promise.completeWith(self.read(look))
        case .holdsQuestions:
            self.hold(promise) { [self] in self.read(look) }
        case .holdsAnswers:
            let answer = self.read(look)
            self.hold(promise) { answer }
        }
        return promise.futureResult
    }

    private func read<Answer: Sendable>(_ look: (inout HistoryModel) -> Answer) -> Result<Answer, any Error> {
        self.state.withLock { state in
            guard !state.isAway else { return .failure(Self.away) }
            return .success(look(&state.model))
        }
    }

    private func hold<Answer: Sendable>(
        _ promise: EventLoopPromise<Answer>, _ answer: @escaping @Sendable () -> Result<Answer, any Error>
    ) {
        let held = Held(answer: { promise.completeWith(answer()) }, fail: { promise.fail(Self.away) })
        self.state.withLock { $0.held.append(held) }
    }

    private static let away = ArchiveError(code: .unavailable, message: "away")
}

extension ScriptedHistory: CursorStore {
    package func apply(_ changes: [CursorChange]) {
        self.state.withLock { state in
            for change in changes { state.model.apply(change) }
        }
    }

    /// Nothing waits: changes are in the model at once.
    package func pending(uid: String, source: String) -> MessageID? { nil }
}
