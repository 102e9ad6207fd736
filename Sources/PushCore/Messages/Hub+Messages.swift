// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol

extension Hub {
    /// A message on its way in: everything but what it says.
    package struct Draft: Sendable {
        /// The uid of the sender; ``PushProtocol/UserID/system`` for the system.
        package var sender: String
        package var recipients: Recipients
        /// Whether all recipients see one frame, without `to_uid`.
        package var isSharedFrame: Bool
        /// Seconds since 1970; nil = now.
        package var time: Int64?
        /// The session that sends, which gets no echo.
        package var session: SessionID?
        /// The sender's name for the message, which makes a resend harmless and lets it wait until the message is safe.
        package var name: RequestName?
        /// Whether the name is a backend's.
        package var isRequest: Bool
        /// Whether the sender waits until the message is safe.
        package var wantsStored: Bool

        package init(
            sender: String, recipients: Recipients, isSharedFrame: Bool = false, time: Int64? = nil,
            session: SessionID? = nil, name: RequestName? = nil, isRequest: Bool = false, wantsStored: Bool = false
        ) {
            self.sender = sender
            self.recipients = recipients
            self.isSharedFrame = isSharedFrame
            self.time = time
            self.session = session
            self.name = name
            self.isRequest = isRequest
            self.wantsStored = wantsStored
        }
    }

    /// What is told about a message: a receipt, which settles when the message is safe, or why it was refused.
    package typealias SendResult = Result<Receipt, FrameError>

    /// Routes a message: reserves its name, offers it to the archive, delivers it.
    ///
    /// - Parameters:
    ///   - body: used up before the call returns.
    ///   - shard: the shard that the caller runs on.
    ///   - completion: called once, on the shard's loop, when it is known who is online; that is before the call returns
    ///     as long as this node answers that alone. Nil where nobody wants to know.
    package func send(
        _ body: MessageBody, _ draft: Draft, on shard: Shard, completion: ((SendResult) -> Void)?
    ) {
        let names = draft.isRequest ? self.requests : self.clientMessages
        if let name = draft.name, let known = names.answer(to: name, uptime: shard.now.uptime) {
            shard.counters.messagesDuplicate += 1
            completion?(.success(known))
            return
        }
        // First who is there, then the id, then who has come meanwhile: whoever goes later has a lower id as their limit,
        // and whoever comes later has a higher one, and finds the message in the archive.
        let plan = self.plan(body, draft)
        let id = self.ids.next(milliseconds: shard.now.milliseconds)
        let isReserved = plan.cost == 0 || self.archive?.reserve(plan.cost) == true
        let isNamed = draft.name != nil || draft.wantsStored
        if !isReserved && isNamed {
            shard.counters.messagesRefused += 1
            completion?(.failure(.refused))
            return
        }
        let isStored = plan.cost > 0 && isReserved
        var receipt: Receipt?
        if completion != nil || isNamed {
            let made = Receipt(
                .init(id: id, isOnline: plan.isOnline, isStored: isStored), isSettled: !isStored
            )
            if let name = draft.name {
                let remembered = names.remember(made, for: name, uptime: shard.now.uptime)
                guard remembered === made else {
                    // The same name came in on another loop between the two looks.
                    if isStored { self.archive?.release(plan.cost) }
                    shard.counters.messagesDuplicate += 1
                    completion?(.success(remembered))
                    return
                }
            }
            receipt = made
        }
        if !isReserved { shard.counters.messagesNotArchived += plan.kept }
        shard.counters.messagesRouted += 1
        self.deliver(body, draft, id: id, plan: plan, isStored: isStored, receipt: receipt, on: shard)
        if let receipt { completion?(.success(receipt)) }
    }

    /// What will become of a message: who of its recipients is there, and what its rows cost.
    private struct Plan {
        /// Where each recipient is.
        var loops: [TopicDirectory.Loops?] = []
        /// Where the recipient is, when there is one only.
        var loop: TopicDirectory.Loops?
        var isOnline = false
        /// Rows that the archive keeps.
        var kept = 0
        /// What they cost in the archive's queue, in bytes.
        var cost = 0
    }

    private func plan(_ body: MessageBody, _ draft: Draft) -> Plan {
        var plan = Plan()
        switch draft.recipients {
        case .one(let uid):
            // The usual case, without an array.
            plan.loop = self.topics.loops(of: .user(uid))
            plan.isOnline = plan.loop != nil || self.hasUserChannel(uid)
            plan.kept = self.archiving.keeps(isOnline: plan.loop != nil) ? 1 : 0
        case .many(let uids):
            plan.loops = uids.map { self.topics.loops(of: .user($0)) }
            plan.isOnline = plan.loops.contains { $0 != nil } || uids.contains { self.hasUserChannel($0) }
            plan.kept = plan.loops.count { self.archiving.keeps(isOnline: $0 != nil) }
        }
        plan.cost = plan.kept * ArchiveRow.cost(content: body.content.count)
        return plan
    }

    private func deliver(
        _ body: MessageBody, _ draft: Draft, id: MessageID, plan: Plan, isStored: Bool, receipt: Receipt?,
        on shard: Shard
    ) {
        let time = draft.time ?? shard.now.seconds
        func makeFrame(_ recipient: String?) -> MessageFrame {
            MessageFrame(id: id, sender: draft.sender, recipient: recipient, time: time, state: 1, body: body)
        }
        let shared = draft.isSharedFrame ? makeFrame(nil) : nil
        var rowsLeft = isStored ? plan.kept : 0
        var index = 0
        draft.recipients.forEach { uid in
            let loops = plan.loops.isEmpty ? plan.loop : plan.loops[index]
            index += 1
            let message = shared ?? makeFrame(uid)
            let isKept = isStored && self.archiving.keeps(isOnline: loops != nil)
            let reached = self.history == nil ? loops : self.topics.loops(of: .user(uid), and: loops)
            if let reached {
                let span = MessageSpan(id, isArchived: isKept)
                self.publish(message.frame, holding: span, to: .user(uid), on: reached, from: shard)
            }
            self.publish(message, type: body.type, toChannelOf: uid, from: shard)
            self.tell(message, to: uid, isOnline: loops != nil, from: shard)
            // Who writes to themselves gets the message on all terminals already.
            if let session = draft.session, self.hasEchoes, uid != draft.sender {
                _ = self.publish(message.frame, to: .echo(draft.sender), except: session, from: shard)
            }
            guard isKept else { return }
            rowsLeft -= 1
            shard.archive(
                ArchiveRow(
                    id: id, uid: draft.sender, toUID: uid, type: body.type, content: message.content,
                    isDelivered: loops != nil, time: time, receipt: rowsLeft == 0 ? receipt : nil
                )
            )
        }
    }
}
