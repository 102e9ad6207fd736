// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushProtocol

/// What carries out the calls of the chat's interface: the hub of this process, or a node somewhere else.
protocol ChatBackend: Sendable {
    /// Has those see a message who look at what users send.
    ///
    /// - Parameter loop: the loop of the caller's connection.
    /// - Returns: what is to be sent: this message, or a changed one.
    /// - Throws: ``PushProtocol/FrameError``, 403 where it is refused.
    func pass(_ message: OutgoingMessage, on loop: any EventLoop) async throws -> OutgoingMessage

    /// Sends messages, in their order.
    ///
    /// - Parameter loop: the loop of the caller's connection.
    /// - Returns: for each message what became of it, in the same order. Where messages wait until they are safe, all of
    ///   them wait together.
    func send(_ messages: [OutgoingMessage], on loop: any EventLoop) async -> [Result<Delivery, FrameError>]

    /// Which of some users are online, in the order asked.
    ///
    /// - Throws: ``PushProtocol/FrameError``.
    func areOnline(_ uids: [String], on loop: any EventLoop) async throws -> [Bool]

    /// Ends the sessions of a user.
    ///
    /// - Parameters:
    ///   - source: one terminal; nil all.
    ///   - message: what the client is told; nil for a text of the server's.
    /// - Returns: how many there were.
    /// - Throws: ``PushProtocol/FrameError``.
    func kick(_ uid: String, source: String?, message: String?, on loop: any EventLoop) async throws -> Int
}

/// What became of a message.
struct Delivery: Equatable, Sendable {
    var id: MessageID
    /// Whether some terminal of some recipient was there.
    var isOnline: Bool
    /// False where the configuration does not keep it.
    var isStored: Bool
    /// Whether it is as safe as the call asked for; false where that took too long, and it is accepted only.
    var isSafe: Bool
}
