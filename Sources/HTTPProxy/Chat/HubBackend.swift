// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import PushProtocol

/// Carries calls out in the hub of this process, on the loop of the connection that they came by.
struct HubBackend: ChatBackend {
    /// How long a call waits for its messages to be safe.
    private static let patience = TimeAmount.seconds(5)

    let hub: Hub

    func send(_ messages: [OutgoingMessage], on loop: any EventLoop) async -> [Result<Delivery, FrameError>] {
        let hub = self.hub
        let deliveries = loop.flatSubmit { () -> EventLoopFuture<[Result<Delivery, any Error>]> in
            guard let shard = hub.shard(on: loop) else { return loop.makeFailedFuture(Self.shuttingDown) }
            // All are on their way before the first is waited for.
            let receipts = messages.map { message -> EventLoopFuture<Receipt> in
                shard.now = message.moment
                return Self.route(message, hub, on: shard)
            }
            return EventLoopFuture.whenAllComplete(
                zip(messages, receipts).map { message, receipt in
                    receipt.flatMap { Self.delivery($0, waits: message.waitsUntilStored, on: loop) }
                },
                on: loop
            )
        }
        do {
            return try await deliveries.get().map { $0.mapError { $0 as? FrameError ?? Self.shuttingDown } }
        } catch {
            return messages.map { _ in .failure(Self.shuttingDown) }
        }
    }

    func areOnline(_ uids: [String], on loop: any EventLoop) -> [Bool] {
        uids.map { self.hub.isOnline($0) }
    }

    func kick(_ uid: String, source: String?, message: String?, on loop: any EventLoop) async throws -> Int {
        let hub = self.hub
        return try await loop.submit { () -> Int in
            guard let shard = hub.shard(on: loop) else { return 0 }
            return hub.kick(uid, source: source, message: message, from: shard)
        }.get()
    }

    static let shuttingDown = FrameError(code: 503, message: "shutting down")

    private static func route(_ message: OutgoingMessage, _ hub: Hub, on shard: Shard) -> EventLoopFuture<Receipt> {
        let promise = shard.loop.makePromise(of: Receipt.self)
        let draft = Hub.Draft(
            sender: message.sender, recipients: message.recipients,
            name: message.clientID.map { RequestName(scope: message.sender, name: $0) },
            isRequest: message.isFromBackend, wantsStored: message.waitsUntilStored
        )
        message.content.withUnsafeReadableBytes { content in
            hub.send(MessageBody(type: message.type, content: content), draft, on: shard) {
                promise.completeWith($0.mapError { $0 })
            }
        }
        return promise.futureResult
    }

    /// What became of a message: at once, or, where that is wanted, when it is safe or the patience is over.
    private static func delivery(
        _ receipt: Receipt, waits: Bool, on loop: any EventLoop
    ) -> EventLoopFuture<Delivery> {
        let outcome = receipt.outcome
        @Sendable func delivery(isSafe: Bool) -> Delivery {
            Delivery(id: outcome.id, isOnline: outcome.isOnline, isStored: outcome.isStored, isSafe: isSafe)
        }
        guard waits, !receipt.isSettled else { return loop.makeSucceededFuture(delivery(isSafe: true)) }
        let promise = loop.makePromise(of: Delivery.self)
        let timeout = loop.scheduleTask(in: self.patience) { promise.succeed(delivery(isSafe: false)) }
        receipt.whenSettled(on: loop) { _ in
            timeout.cancel()
            promise.succeed(delivery(isSafe: true))
        }
        return promise.futureResult
    }
}
