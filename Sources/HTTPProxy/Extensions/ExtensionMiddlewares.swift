// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import PushExtensions
internal import PushProtocol

/// Has extensions see the calls of the interfaces, in front of everything that answers them.
struct ExtensionMiddlewares: RouterMiddleware {
    typealias Context = ProxyContext

    /// What the paths of the interfaces begin with.
    private static let rooms = ["apps", "chat", "plugin", "pusher", "subscribe", "users"]

    /// From the outermost to the inmost.
    let middlewares: [any APIMiddleware]
    let server: any ServerContext
    /// The largest body, in bytes.
    let maximumBodyBytes: Int

    func handle(
        _ request: Request, context: ProxyContext, next: (Request, ProxyContext) async throws -> Response
    ) async throws -> Response {
        guard Self.isMeant(request.uri.path) else { return try await next(request, context) }
        var request = request
        do {
            let call = try await HTTPCall(&request, context, maximumBodyBytes: self.maximumBodyBytes)
            let whole = request
            return Response(
                try await self.answer(call, from: 0) {
                    try await HTTPAnswer(next(whole, context))
                }
            )
        } catch {
            return HTTPAnswer.failure(error, to: request, context)
        }
    }

    private func answer(
        _ call: HTTPCall, from index: Int, _ inmost: () async throws -> HTTPAnswer
    ) async throws -> HTTPAnswer {
        guard index < self.middlewares.count else { return try await inmost() }
        return try await self.middlewares[index].handle(call, on: self.server) {
            try await self.answer(call, from: index + 1, inmost)
        }
    }

    /// Whether a path is an interface's. Byte by byte, and without empty segments, which the router passes over.
    private static func isMeant(_ path: String) -> Bool {
        let segments = path.utf8.split(separator: UInt8(ascii: "/"))
        guard let first = segments.first(where: { !$0.elementsEqual("*".utf8) }) else { return false }
        return self.rooms.contains { first.elementsEqual($0.utf8) }
    }
}
