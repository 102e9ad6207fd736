// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
public import PushExtensions
internal import Synchronization

/// Users who may not write, on every node and without a restart: a route puts one on the list, a broadcast tells all nodes,
/// and a middleware refuses what the user sends.
public final class BlockList: Sendable {
    private static let type = "blocklist"

    /// The most users on the list; beyond, nobody is put on it.
    private static let maximum = 100_000

    private let users = Mutex<Set<String>>([])

    /// Nobody is on it.
    public init() {}

    /// Puts a block list into a server.
    ///
    /// - Parameter token: what `POST /block/{user}` has to be called with, as a bearer token.
    public func install(in extensions: inout ServerExtensions, token: String) {
        extensions.routes.append(Route(token: token))
        extensions.broadcastHandlers.append(Handler(list: self))
        extensions.messageMiddlewares.append(Middleware(list: self))
    }

    private struct Route: HTTPRoute {
        let token: String
        let method = "POST"
        let path = "/block/{user}"

        func respond(to call: HTTPCall, on server: any ServerContext) async throws -> HTTPAnswer {
            guard call.headers["authorization"] == "Bearer \(self.token)" else {
                return .text("the token is missing or wrong\n", status: 401)
            }
            server.broadcast(BlockList.type, ByteBuffer(string: call.parameters["user"] ?? ""))
            return HTTPAnswer(status: 202)
        }
    }

    private struct Handler: BroadcastHandler {
        let list: BlockList
        let type = BlockList.type

        func receive(_ broadcast: Broadcast, on server: any ServerContext) {
            let user = String(buffer: broadcast.payload)
            self.list.users.withLock { users in
                if users.count < BlockList.maximum { users.insert(user) }
            }
        }
    }

    private struct Middleware: MessageMiddleware {
        let list: BlockList

        func handle(
            _ message: InboundMessage, on server: any ServerContext, next: (InboundMessage) -> MessageOutcome
        ) -> MessageOutcome {
            guard let user = message.connection.user, self.list.users.withLock({ $0.contains(user) }) else {
                return next(message)
            }
            return .refused("you may not write")
        }
    }
}
