// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushProtocol

/// What a client asks of the archive: one question after the other, each answer taken by the socket before the next one
/// is asked. Confined to the loop of its shard.
final class SessionQueries {
    /// The most questions that wait.
    private static let limit = 16
    /// Nanoseconds that the archive may take.
    private static let patience: Int64 = 5_000_000_000

    private unowned let session: ChatSession
    private var waiting: [(query: ClientQuery, clientID: String?)] = []
    /// The question that is being answered, with the end of the archive's time; counted, so that a late answer is known.
    private var current: (number: Int, clientID: String?, deadline: Int64)?
    private var count = 0
    private var isBusy = false
    private var isTicking = false
    private var isStopped = false

    init(of session: ChatSession) {
        self.session = session
    }

    /// Takes a question in.
    func add(_ query: ClientQuery, clientID: String?) {
        guard self.waiting.count < Self.limit else {
            return self.session.refuse(FrameError(code: 429, message: "too many questions"), clientID: clientID)
        }
        self.waiting.append((query, clientID))
        self.next()
    }

    /// The session is over.
    func stop() {
        self.isStopped = true
        self.current = nil
        self.waiting = []
    }

    private func next() {
        guard !self.isBusy, !self.waiting.isEmpty, let uid = self.session.machine.identity?.uid else { return }
        self.isBusy = true
        let (query, clientID) = self.waiting.removeFirst()
        switch query {
        case .online(let uids):
            self.answer(self.online(uids, clientID: clientID), clientID: clientID)
        case .history(let peer, let before, let limit):
            let query = ConversationQuery(
                uid: uid, peer: peer, before: before, limit: limit, bytes: HistoryMessage.maximumPageBytes
            )
            self.ask(clientID) {
                $0.conversation(query, on: $1)
            } answer: { page in
                ServerFrame.history(
                    with: peer, messages: page.rows.map { HistoryMessage($0) }, hasMore: page.hasMore,
                    clientID: clientID
                )
            }
        case .unread:
            self.ask(clientID) {
                $0.unread(of: uid, on: $1)
            } answer: { counts in
                ServerFrame.unread(counts.map { ($0.peer, $0.count) }, clientID: clientID)
            }
        case .read(let peer, let id):
            self.read(peer, id, uid: uid, clientID: clientID)
        }
    }

    private func online(_ uids: [String], clientID: String?) -> Result<ByteBuffer?, FrameError> {
        let hub = self.session.hub
        guard self.session.shard.chat.allowsOnlineQuery else {
            return .failure(.forbidden("who is online is not told here"))
        }
        return .success(ServerFrame.online(uids.map { ($0, hub.isOnline($0)) }, clientID: clientID))
    }

    /// Keeps the mark, then tells the peer's terminals and the user's others. An id from the future would hide what has
    /// not been written yet.
    private func read(_ peer: String, _ id: MessageID, uid: String, clientID: String?) {
        let (hub, shard, own) = (self.session.hub, self.session.shard, self.session.sessionID)
        let mark = ReadMark(uid: uid, peer: peer, id: min(id, hub.nextID(on: shard)))
        self.ask(clientID) {
            $0.markRead(mark, on: $1)
        } answer: { _ in
            let frame = ServerFrame.read(by: uid, id: mark.id)
            let isOnline = peer != uid && hub.publish(frame, to: .user(peer), from: shard)
            _ = hub.publish(frame, to: .user(uid), except: own, from: shard)
            return clientID.map { ServerFrame.ack(clientID: $0, id: mark.id, isOnline: isOnline, isStored: true) }
        }
    }

    private func ask<Answer: Sendable>(
        _ clientID: String?, _ question: (any MessageHistory, any EventLoop) -> EventLoopFuture<Answer>,
        answer: @escaping (Answer) -> ByteBuffer?
    ) {
        guard let history = self.session.hub.history else {
            return self.answer(.failure(FrameError(code: 501, message: "there is no archive")), clientID: clientID)
        }
        self.count += 1
        let number = self.count
        let shard = self.session.shard
        self.current = (number, clientID, shard.now.uptime + Self.patience)
        if !self.isTicking {
            self.isTicking = true
            shard.tick(self)
        }
        question(history, shard.loop).assumeIsolated().whenComplete { result in
            guard self.current?.number == number else { return }
            self.current = nil
            switch result {
            case .success(let value): self.answer(.success(answer(value)), clientID: clientID)
            case .failure: self.answer(.failure(Self.unavailable), clientID: clientID)
            }
        }
    }

    private static let unavailable = FrameError(code: 503, message: "the archive cannot be read now")

    /// Answers, and goes on when the socket has taken that.
    private func answer(_ result: Result<ByteBuffer?, FrameError>, clientID: String?) {
        switch result {
        case .success(let frame?): self.session.send(frame)
        case .success(nil): break
        case .failure(let error): self.session.refuse(error, clientID: clientID)
        }
        guard !self.isStopped else { return }
        self.session.transport.whenTaken {
            guard !self.isStopped else { return }
            self.isBusy = false
            self.next()
        }
    }
}

extension SessionQueries: Ticking {
    func tick(_ now: Moment) -> Bool {
        if let current = self.current, now.uptime >= current.deadline {
            self.current = nil
            self.answer(.failure(Self.unavailable), clientID: current.clientID)
        }
        self.isTicking = self.current != nil
        return self.isTicking
    }
}

@available(*, unavailable)
extension SessionQueries: Sendable {}
