// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import PushProtocol

/// Sends a message for an HTTP call, on the loop of its connection.
struct ChatSender: Sendable {
    /// What became of a message.
    struct Sent: Sendable {
        /// 200, or 202 where it is accepted and not safe yet.
        let code: Int
        /// What the call is answered with, as JSON.
        let data: ByteBuffer
    }

    /// How long a call waits for a message to be safe.
    private static let patience = TimeAmount.seconds(5)

    let hub: Hub
    let clock: any ServerClock
    let access: ChatAccess
    let loop: any EventLoop

    /// Sends what a call asks for, in the name of its caller.
    ///
    /// - Throws: ``PushProtocol/FrameError``.
    func send(_ parameters: SendParameters, _ caller: ChatAccess.Caller) async throws -> Sent {
        guard let recipients = parameters.recipients else { throw FrameError.malformed("to_uid is missing") }
        guard let content = parameters.content else { throw FrameError.malformed("content is missing") }
        guard content.readableBytes <= MessageBody.maximumContentBytes else { throw FrameError.tooLarge }
        let type = parameters.type ?? MessageBody.defaultType
        guard UserID.isValidType(type) else { throw FrameError.malformed("type must be 1-64 of A-Z a-z 0-9 _ . -") }
        let sender: String
        switch caller {
        case .server:
            sender = parameters.uid ?? UserID.system
            guard UserID.isValid(sender) else { throw FrameError.malformed("uid is not a user id") }
        case .user(let uid):
            sender = uid
            try self.access.checkRate(of: uid, recipients: recipients.count)
        }
        let draft = Hub.Draft(
            sender: sender, recipients: recipients,
            name: parameters.clientID.map { RequestName(scope: sender, name: $0) },
            isRequest: caller == .server, wantsStored: parameters.waitsUntilStored
        )
        let types = caller == .server ? [] : self.hub.chat.types
        let time = self.clock.now()
        let receipt = try await self.route(content, type: type, types: types, draft, at: time)
        let isSafe = parameters.waitsUntilStored ? await self.waitUntilStored(receipt) : true
        return Sent(
            code: isSafe ? 200 : 202,
            data: self.data(
                receipt.outcome, recipients, type: type, sender: sender, time: time.seconds, content: content)
        )
    }

    private func route(
        _ content: ByteBuffer, type: String, types: Set<String>, _ draft: Hub.Draft, at now: Moment
    ) async throws -> Receipt {
        let hub = self.hub
        let loop = self.loop
        return try await loop.flatSubmit { () -> EventLoopFuture<Receipt> in
            let promise = loop.makePromise(of: Receipt.self)
            guard let shard = hub.shard(on: loop) else {
                promise.fail(FrameError(code: 503, message: "shutting down"))
                return promise.futureResult
            }
            shard.now = now
            content.withUnsafeReadableBytes { bytes in
                let body = MessageBody(type: type, content: bytes)
                do throws(FrameError) {
                    try body.checkType(accepted: types)
                    hub.send(body, draft, on: shard) { promise.completeWith($0.mapError { $0 }) }
                } catch {
                    promise.fail(error)
                }
            }
            return promise.futureResult
        }.get()
    }

    /// Whether the message is safe within our patience.
    private func waitUntilStored(_ receipt: Receipt) async -> Bool {
        if receipt.isSettled { return true }
        let promise = self.loop.makePromise(of: Bool.self)
        let timeout = self.loop.scheduleTask(in: Self.patience) { promise.succeed(false) }
        receipt.whenSettled(on: self.loop) { _ in
            timeout.cancel()
            promise.succeed(true)
        }
        return (try? await promise.futureResult.get()) ?? false
    }

    private func data(
        _ outcome: Receipt.Outcome, _ recipients: Recipients, type: String, sender: String, time: Int64,
        content: ByteBuffer
    ) -> ByteBuffer {
        var data = ByteBufferAllocator().buffer(capacity: 256 + content.readableBytes)
        data.writeStaticString("{\"id\":")
        data.writeMessageID(outcome.id)
        data.writeStaticString(",\"to_uid\":")
        switch recipients {
        case .one(let uid):
            data.writeJSONString(uid)
        case .many(let uids):
            data.writeStaticString("[")
            for (index, uid) in uids.enumerated() {
                if index > 0 { data.writeStaticString(",") }
                data.writeJSONString(uid)
            }
            data.writeStaticString("]")
        }
        data.writeStaticString(",\"type\":")
        data.writeJSONString(type)
        data.writeStaticString(",\"uid\":")
        data.writeJSONString(sender)
        data.writeStaticString(",\"time\":")
        data.writeDecimal(time)
        data.writeStaticString(",\"content\":")
        data.writeImmutableBuffer(content)
        data.writeStaticString(outcome.isOnline ? ",\"onLine\":1" : ",\"onLine\":0")
        if !outcome.isStored { data.writeStaticString(",\"stored\":false") }
        data.writeStaticString("}")
        return data
    }
}
