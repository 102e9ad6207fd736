// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import NIOCore

/// A client of one Redis server: one supervised connection, every batch of commands pipelined on it.
///
/// May be used from any thread. It never queues: without a connection, or with too much waiting already, `send` fails
/// at once. It reconnects for ever until `shutdown()`, which has to be called before it is let go.
/// Subscriptions do not belong on this connection, because a connection that subscribes answers nothing else: they
/// get a connection of their own, under a supervisor of the same kind.
package final class RedisClient: Sendable {
    /// Whether commands can be sent.
    package enum State: Sendable {
        /// A connection is ready, handshake included.
        case connected
        /// The connection was lost, or the client shut down.
        case disconnected
    }

    /// Where the connection lives, and where every future of this client completes.
    package let eventLoop: any EventLoop

    private let gate: RedisGate
    private let supervisor: NIOLoopBoundBox<RedisSupervisor>

    /// A client that does nothing until `start()`.
    ///
    /// - Parameters:
    ///   - configuration: to be valid, see `RedisConfiguration.validate()`.
    ///   - eventLoop: where the connection will live.
    ///   - logger: gets a line when a connection is ready, is lost, or cannot be opened.
    ///   - connector: opens the channels.
    package init(
        configuration: RedisConfiguration,
        eventLoop: any EventLoop,
        logger: Logger,
        connector: RedisConnector = .tcp
    ) {
        let gate = RedisGate(maxCommands: configuration.maxPendingCommands, maxBytes: configuration.maxPendingBytes)
        self.eventLoop = eventLoop
        self.gate = gate
        self.supervisor = .makeBoxSendingValue(
            RedisSupervisor(
                configuration: configuration,
                connector: connector,
                eventLoop: eventLoop,
                gate: gate,
                logger: logger
            ),
            eventLoop: eventLoop
        )
    }

    /// Whether a connection is ready, handshake included.
    package var isReady: Bool { self.gate.isOpen }

    /// How many commands wait for their replies.
    package var pendingCommands: Int { self.gate.pendingCommands }

    /// Begins to connect, and to reconnect. Returns at once; a second call does nothing.
    package func start() {
        self.onLoop { supervisor in
            supervisor.start()
        }
    }

    /// Calls back at every change of state, and at once when connected already. Several may be registered.
    ///
    /// - Parameter observer: called on the event loop. What it sends when told `connected` goes out before everything
    ///   other threads send on that connection. At a loss it is called before the pending futures fail.
    package func onStateChange(_ observer: @escaping @Sendable (State) -> Void) {
        self.onLoop { supervisor in
            supervisor.observe(observer)
        }
    }

    /// Sends commands in one write.
    ///
    /// - Returns: the replies in the order of the commands, errors of the server among them; or the failure of all:
    ///   `notConnected` or `overloaded` when nothing was sent, `connectionLost` when it is not known how far the server
    ///   got. One promise and one buffer for the whole batch.
    package func send(_ commands: [RedisCommand]) -> EventLoopFuture<[RedisValue]> {
        guard !commands.isEmpty else { return self.eventLoop.makeSucceededFuture([]) }
        let size = commands.reduce(0) { $0 + $1.encodedSize }
        do {
            try self.gate.admit(commands: commands.count, bytes: size)
        } catch {
            return self.eventLoop.makeFailedFuture(error)
        }
        let promise = self.eventLoop.makePromise(of: [RedisValue].self)
        let batch = RedisBatch(count: commands.count, size: size, gate: self.gate, promise: promise)
        let bytes = ByteBuffer(encoding: commands, size: size)
        self.onLoop { supervisor in
            supervisor.send(bytes, for: batch)
        }
        return promise.futureResult
    }

    /// Sends one command. See the batch form: many commands belong in one batch.
    package func send(_ command: RedisCommand) -> EventLoopFuture<RedisValue> {
        self.send([command]).map { $0.first ?? .null }
    }

    /// Closes the connection and stops reconnecting, for good. What is pending fails with `connectionLost`.
    ///
    /// - Returns: done when the connection is closed.
    package func shutdown() -> EventLoopFuture<Void> {
        self.eventLoop.flatSubmit { self.supervisor.value.stop() }
    }

    private func onLoop(_ body: @escaping @Sendable (RedisSupervisor) -> Void) {
        if self.eventLoop.inEventLoop {
            body(self.supervisor.value)
        } else {
            self.eventLoop.execute { body(self.supervisor.value) }
        }
    }
}
