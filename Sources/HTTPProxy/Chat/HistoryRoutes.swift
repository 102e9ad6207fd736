// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PushCore
internal import PushProtocol
internal import Synchronization

/// What was said before, out of the chat's HTTP interface (chat protocol, sections 4 and 6): history, unread.
struct HistoryRoutes {
    let configuration: HTTPProxyConfiguration
    /// Nil where nothing is kept.
    let history: (any MessageHistory)?
    let access: ChatAccess
    private let questions = OpenQuestions()

    init(configuration: HTTPProxyConfiguration, history: (any MessageHistory)?, access: ChatAccess) {
        self.configuration = configuration
        self.history = history
        self.access = access
    }

    func add(to router: Router<ProxyContext>) {
        router.get("/chat/history", use: self.history)
        router.post("/chat/history", use: self.history)
        router.get("/chat/unread", use: self.unread)
        router.post("/chat/unread", use: self.unread)
    }

    @Sendable
    private func history(_ request: Request, _ context: ProxyContext) async throws -> Response {
        let parameters = try await CallParameters(request, limit: self.configuration.maximumBodyBytes)
        let uid = try await self.uid(request, parameters, context)
        guard let peer = parameters.peer, UserID.isValid(peer) else { throw FrameError.malformed("with is missing") }
        let before = try parameters.before.map { (text) throws(FrameError) in
            guard let id = MessageID(text) else { throw .malformed("before must be 19 digits") }
            return id
        }
        let limit = try parameters.limit.map { (text) throws(FrameError) in
            guard let limit = Int(text), HistoryMessage.limits.contains(limit) else {
                throw .malformed("limit must be 1-\(HistoryMessage.limits.upperBound)")
            }
            return limit
        }
        let query = ConversationQuery(
            uid: uid, peer: peer, before: before, limit: limit ?? HistoryMessage.defaultLimit,
            bytes: HistoryMessage.maximumPageBytes
        )
        let page = try await self.ask(context.loop) { $0.conversation(query, on: $1) }
        let messages = page.rows.map { HistoryMessage($0) }
        var data = ByteBufferAllocator().buffer(capacity: messages.reduce(64) { $0 + $1.estimatedBytes })
        data.writeStaticString("{")
        data.writeHistoryMembers(messages, hasMore: page.hasMore)
        data.writeStaticString("}")
        return ChatResponse.success("history请求成功", data: data)
    }

    @Sendable
    private func unread(_ request: Request, _ context: ProxyContext) async throws -> Response {
        let parameters = try await CallParameters(request, limit: self.configuration.maximumBodyBytes)
        let uid = try await self.uid(request, parameters, context)
        let counts = try await self.ask(context.loop) { $0.unread(of: uid, on: $1) }
        var data = ByteBuffer()
        data.writeNumbers(counts.lazy.map { ($0.peer, $0.count) })
        return ChatResponse.success("unread请求成功", data: data)
    }

    /// Whose messages a call may read: a backend says whose, a user's own are meant.
    private func uid(
        _ request: Request, _ parameters: CallParameters, _ context: ProxyContext
    ) async throws -> String {
        switch try await self.access.caller(request, parameters, context) {
        case .server:
            guard let uid = parameters.uid, UserID.isValid(uid) else { throw FrameError.malformed("uid is missing") }
            return uid
        case .user(let uid):
            guard parameters.uid == nil || parameters.uid == uid else {
                throw FrameError.forbidden("the access token is another user's")
            }
            try self.access.checkRate(of: uid, recipients: 0)
            return uid
        }
    }

    /// Asks the archive, and waits no longer than our patience.
    ///
    /// - Throws: 501 where there is none, 503 where it does not answer.
    private func ask<Answer: Sendable>(
        _ loop: any EventLoop,
        _ question: @escaping @Sendable (any MessageHistory, any EventLoop) -> EventLoopFuture<Answer>
    ) async throws -> Answer {
        guard let history = self.history else { throw FrameError(code: 501, message: "there is no archive here") }
        guard self.questions.open() else { throw Self.unavailable }
        let questions = self.questions
        let promise = loop.makePromise(of: Answer.self)
        let timeout = loop.scheduleTask(in: self.configuration.historyPatience) { promise.fail(Self.unavailable) }
        loop.execute {
            question(history, loop).whenComplete { result in
                // Later than our patience, too: until then it is work for the archive.
                questions.close()
                timeout.cancel()
                promise.completeWith(result.mapError { _ in Self.unavailable })
            }
        }
        return try await promise.futureResult.get()
    }

    private static let unavailable = FrameError(code: 503, message: "the archive cannot be read now")
}

/// How many questions the archive has not answered yet: calls that nobody waits for any more must not pile up behind an
/// archive that stands still.
private final class OpenQuestions: Sendable {
    private static let maximum = 256

    private let count = Atomic(0)

    /// Counts a question; false where there are too many.
    func open() -> Bool {
        guard self.count.add(1, ordering: .relaxed).newValue <= Self.maximum else {
            self.close()
            return false
        }
        return true
    }

    func close() {
        self.count.subtract(1, ordering: .relaxed)
    }
}
