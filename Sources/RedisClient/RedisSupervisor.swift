// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import NIOCore

/// Keeps one connection open: connects, waits and connects again, for ever, until it is stopped.
///
/// Confined to its event loop.
package final class RedisSupervisor {
    private enum Phase {
        case idle
        case connecting
        case open(any Channel, RedisChannelHandler)
        case waiting(Scheduled<Void>)
        case stopped
    }

    private let configuration: RedisConfiguration
    private let connector: RedisConnector
    private let eventLoop: any EventLoop
    private let gate: RedisGate
    private let logger: Logger

    private var phase: Phase = .idle
    private var backoff: RedisBackoff
    private var attempts = 0
    private var observers: [@Sendable (RedisClient.State) -> Void] = []

    /// A supervisor that does nothing until `start()`. May be made on any thread.
    ///
    /// - Parameter gate: opened when a connection is ready, shut when it is lost.
    package init(
        configuration: RedisConfiguration,
        connector: RedisConnector,
        eventLoop: any EventLoop,
        gate: RedisGate,
        logger: Logger
    ) {
        self.configuration = configuration
        self.connector = connector
        self.eventLoop = eventLoop
        self.gate = gate
        self.backoff = RedisBackoff(minimum: configuration.minimumBackoff, maximum: configuration.maximumBackoff)
        var logger = logger
        logger[metadataKey: LogKey.host] = "\(configuration.host)"
        logger[metadataKey: LogKey.port] = "\(configuration.port)"
        self.logger = logger
    }

    /// Begins to connect. Does nothing when it was called before.
    package func start() {
        guard case .idle = self.phase else { return }
        self.connect()
    }

    /// Hands a batch to the connection, or fails it at once.
    package func send(_ bytes: ByteBuffer, for batch: RedisBatch) {
        guard case .open(_, let handler) = self.phase else {
            batch.fail(RedisError(.notConnected, "there is no connection to Redis"))
            return
        }
        handler.send(bytes, for: batch)
    }

    /// Tells of every change from now on, and at once when a connection is ready already.
    package func observe(_ observer: @escaping @Sendable (RedisClient.State) -> Void) {
        if case .stopped = self.phase { return }
        self.observers.append(observer)
        if self.gate.isOpen {
            observer(.connected)
        }
    }

    /// Ends the connection, and every attempt to get another.
    ///
    /// - Returns: done when no connection is left. A channel that is still being connected is closed as soon as it is
    ///   there, which is not waited for.
    package func stop() -> EventLoopFuture<Void> {
        let phase = self.phase
        self.phase = .stopped
        switch phase {
        case .waiting(let attempt):
            attempt.cancel()
        case .open(let channel, let handler):
            self.announceLoss()
            self.observers = []
            handler.close(RedisError(.connectionLost, "the client was shut down"))
            return channel.closeFuture
        case .idle, .connecting, .stopped:
            break
        }
        self.observers = []
        return self.eventLoop.makeSucceededVoidFuture()
    }
}

// MARK: - Connecting

extension RedisSupervisor {
    private func connect() {
        self.phase = .connecting
        self.attempts += 1
        self.connector.connect(self.configuration, self.eventLoop).hop(to: self.eventLoop).assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success(let channel): self.connected(channel)
                case .failure(let error):
                    self.retry(after: RedisError(.connectFailed, "no connection", underlying: error))
                }
            }
    }

    private func connected(_ channel: any Channel) {
        guard case .connecting = self.phase else {
            channel.close(promise: nil)
            return
        }
        do {
            let handler = try RedisChannelHandler(configuration: self.configuration) { [weak self] event in
                switch event {
                case .ready: self?.ready()
                case .closed(let reason): self?.lost(reason)
                }
            }
            self.phase = .open(channel, handler)
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            channel.close(promise: nil)
            self.retry(after: RedisError(.connectFailed, "the connection ended at once", underlying: error))
        }
    }

    private func ready() {
        guard case .open = self.phase else { return }
        self.logger.info("Redis is connected", metadata: [LogKey.attempts: "\(self.attempts)"])
        self.backoff.reset()
        self.attempts = 0
        self.gate.setOpen(true)
        for observer in self.observers {
            observer(.connected)
        }
    }

    private func lost(_ reason: RedisError) {
        guard case .open = self.phase else { return }
        self.retry(after: reason)
        self.announceLoss()
    }

    private func announceLoss() {
        guard self.gate.isOpen else { return }
        self.gate.setOpen(false)
        for observer in self.observers {
            observer(.disconnected)
        }
    }

    private func retry(after error: RedisError) {
        switch self.phase {
        case .connecting, .open: break
        case .idle, .waiting, .stopped: return
        }
        var generator = SystemRandomNumberGenerator()
        let pause = self.backoff.pause(using: &generator)
        self.logger.warning(
            "Redis is not connected, trying again",
            metadata: [
                LogKey.kind: "\(error.code)",
                LogKey.error: "\(error)",
                LogKey.attempts: "\(self.attempts)",
                LogKey.pause: "\(pause.nanoseconds / 1_000_000)",
            ]
        )
        self.phase = .waiting(
            self.eventLoop.assumeIsolated().scheduleTask(in: pause) {
                self.connect()
            }
        )
    }
}

/// The metadata keys of this module's log lines.
private enum LogKey {
    static let host = "redis.host"
    static let port = "redis.port"
    static let kind = "error.kind"
    static let error = "error.description"
    static let attempts = "redis.attempts"
    static let pause = "redis.pause_ms"
}

@available(*, unavailable)
extension RedisSupervisor: Sendable {}
