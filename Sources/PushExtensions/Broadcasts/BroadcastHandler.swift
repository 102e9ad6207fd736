// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// Takes what an extension broadcasts within the server under a type: the way from one place of an installation to all.
public protocol BroadcastHandler: Sendable {
    /// 1–64 bytes.
    var type: String { get }
    /// How often a broadcast is taken; once on each node where nothing is said.
    var reach: BroadcastReach { get }

    /// Takes a broadcast. On an event loop: it must not block.
    func receive(_ broadcast: Broadcast, on server: any ServerContext)
}

extension BroadcastHandler {
    /// Once on each node.
    public var reach: BroadcastReach { .eachNode }
}

/// Where a broadcast is taken.
public enum BroadcastReach: Sendable, Hashable {
    /// Once on each node: for what the loops share.
    case eachNode
    /// Once on each event loop: for what a handler keeps for each of them.
    case eachLoop
}

/// Something that was broadcast.
public struct Broadcast: Sendable {
    /// As it was named by who broadcasts.
    public let type: String
    /// Any bytes: other nodes get them too.
    public let payload: ByteBuffer
    /// The node that broadcasts, `server.node`.
    public let node: Int
    /// The loop that this is taken on, counted from 0.
    public let loop: Int

    /// A broadcast, as the server makes one; for tests too.
    public init(type: String, payload: ByteBuffer, node: Int, loop: Int) {
        self.type = type
        self.payload = payload
        self.node = node
        self.loop = loop
    }
}
