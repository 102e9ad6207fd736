// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOWebSocket

/// Keeps a client connected: one connection after the other, until it is cancelled or the server wants no more.
struct LinkKeeper: Sendable {
    let connector: WebSocketConnector
    let options: ConnectionOptions

    /// Ends when its task is cancelled, when the server refuses the client, and when the very first attempt fails.
    func keep(_ owner: some LinkOwner) async {
        var reconnection = Reconnection(self.options.reconnection)
        var generator = SystemRandomNumberGenerator()
        var wasReady = false
        while !Task.isCancelled {
            let (end, readySince) = await self.carry(owner)
            let known = await owner.closed(end)
            guard !Task.isCancelled else { return }
            let lived = readySince.map { ContinuousClock.now - $0 }
            wasReady = wasReady || lived != nil
            switch reconnection.decide(code: known.code, lived: lived, using: &generator) {
            case .retry(let delay) where wasReady:
                let delay = max(delay, known.error.retryAfter ?? .zero)
                await owner.waits(delay, after: known.error)
                try? await Task.sleep(for: delay)
            case .stop:
                var error = known.error
                error.code = .refused
                return await owner.gaveUp(error)
            case .retry:
                return await owner.gaveUp(known.error)
            }
        }
    }

    /// Ends what ``keep(_:)`` does: says goodbye, for a second at most, and cancels it.
    static func end(_ run: Task<Void, Never>, _ link: WebSocketLink?) async {
        try? await link?.close().value(within: .seconds(1), of: "a close frame")
        run.cancel()
    }

    /// One connection, from its beginning to its end.
    private func carry(_ owner: some LinkOwner) async -> (LinkEnd, readySince: ContinuousClock.Instant?) {
        let begun = ContinuousClock.now
        do {
            let channel = try await self.connector.connect(to: owner.nextTarget())
            return try await channel.executeThenClose { inbound, _ in
                let heartbeat = Heartbeat(
                    now: .now, greeting: begun + self.options.connectTimeout, interval: self.options.activityTimeout,
                    patience: self.options.pongTimeout
                )
                let link = WebSocketLink(
                    channel.channel, heartbeat, maximumUnsent: self.options.messageLimit)
                await owner.opened(link)
                let end = await withTaskGroup(of: LinkEnd?.self) { group in
                    group.addTask { await self.read(inbound, link, owner) }
                    group.addTask { await self.beat(link, owner) }
                    let end = await group.next() ?? nil
                    group.cancelAll()
                    return end
                }
                return (end ?? Self.cancelled, link.readySince)
            }
        } catch {
            return (LinkEnd(error: PushClientError.wrapping(error)), nil)
        }
    }

    /// Takes what comes, at the pace of the owner.
    private func read(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>, _ link: WebSocketLink, _ owner: some LinkOwner
    ) async -> LinkEnd {
        do {
            for try await frame in inbound {
                link.received()
                switch frame.opcode {
                case .text: try await owner.received(Array(buffer: frame.unmaskedData))
                case .ping: try await link.pong(frame.unmaskedData).value()
                case .connectionClose:
                    try? await link.close().value()
                    return Self.end(frame.unmaskedData)
                default: break
                }
            }
            return Task.isCancelled
                ? Self.cancelled
                : LinkEnd(error: PushClientError(code: .connection, message: "the connection broke"))
        } catch let end as LinkEnd {
            try? await link.close().value()
            return end
        } catch {
            return LinkEnd(error: PushClientError.wrapping(error))
        }
    }

    /// Asks whether the server is there, where it says nothing.
    private func beat(_ link: WebSocketLink, _ owner: some LinkOwner) async -> LinkEnd? {
        while true {
            switch link.due() {
            case .wait(let instant):
                do { try await Task.sleep(until: instant, clock: .continuous) } catch { return nil }
            case .ping:
                // Not waited for: where the socket takes nothing, no answer comes either, and that is what counts.
                _ = link.send(type(of: owner).ping)
            case .giveUp:
                return LinkEnd(error: PushClientError(code: .timeout, message: "the server says nothing"))
            }
        }
    }

    private static let cancelled = LinkEnd(
        error: PushClientError(code: .closed, message: "the client was disconnected"))

    private static func end(_ data: ByteBuffer) -> LinkEnd {
        var data = data
        let code = data.readInteger(as: UInt16.self).map(Int.init)
        let reason = PushClientError.quote(String(buffer: data))
        let message =
            reason.isEmpty ? "the server closed the connection" : "the server closed the connection: \(reason)"
        return LinkEnd(code: code, error: PushClientError(code: .connection, message: message, status: code))
    }
}
