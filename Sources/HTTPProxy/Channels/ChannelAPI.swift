// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import PushCore
internal import PushProtocol

/// Pusher's HTTP API: what backends ask of channels (HTTP API reference). Everything below `/apps` is its own, whatever
/// the method; it stands in front of what lets pages of other origins in, since it is no page's business.
struct ChannelAPI: RouterMiddleware {
    typealias Context = ProxyContext

    let hub: Hub
    let clock: any ServerClock
    /// The largest body, in bytes.
    let maximumBodyBytes: Int
    /// Finds apps that the hub does not know; nil where nobody does.
    var lookup: AppLookup?

    func handle(
        _ request: Request, context: ProxyContext, next: (Request, ProxyContext) async throws -> Response
    ) async throws -> Response {
        guard let path = APIEndpoint.Path(request.uri.path) else { return try await next(request, context) }
        let query = request.uri.query ?? ""
        var called = CalledApp(path, query: query, among: self.hub.apps)
        do {
            if let lookup = self.lookup {
                try await Self.bring(path, query: query, by: lookup)
                // What was there before may be another app now, or none.
                called = CalledApp(path, query: query, among: self.hub.apps)
            }
            let call = try await APICall(
                request, called, seconds: self.clock.now().seconds, limit: self.maximumBodyBytes, on: context.loop
            )
            return APIResponse.marked(try await self.answer(call), as: call.dialect)
        } catch let error as APIError {
            return APIResponse.failure(error, in: called.dialect, to: request.method)
        } catch is NIOTooManyBytesError {
            var response = APIResponse.failure(
                .tooLarge("the body has more than \(self.maximumBodyBytes) bytes"), in: called.dialect,
                to: request.method
            )
            // The rest of the body is not worth reading.
            response.headers[.connection] = "close"
            return response
        } catch {
            // What the error says of itself may hold what the caller sent: its kind has to do.
            context.logger.error(
                "request failed",
                metadata: ["path": "\(request.uri.path)", "error": "\(String(reflecting: type(of: error)))"]
            )
            return APIResponse.failure(
                APIError(status: 500, message: "internal error"), in: called.dialect, to: request.method
            )
        }
    }

    /// Has the app of a call looked up, where that is not known.
    private static func bring(_ path: APIEndpoint.Path, query: String, by lookup: AppLookup) async throws {
        do throws(AppLookup.Unavailable) {
            if let id = path.appID { try await lookup.bring(.id(id)) }
            if let key = QueryItems(query)["auth_key"] { try await lookup.bring(.key(key)) }
        } catch {
            throw APIError.unavailable("the app cannot be looked up now")
        }
    }

    private func answer(_ call: APICall) async throws -> Response {
        switch call.dialect {
        case .pusher: try await self.answerPusher(call)
        case .webmanPush: try await self.answerWebmanPush(call)
        case .workbunny2, .workbunny3: try await self.answerWorkbunny(call)
        }
    }

    /// Answers as Pusher does.
    func answerPusher(_ call: APICall) async throws -> Response {
        switch call.endpoint {
        case .events: try await self.trigger(call)
        case .batchEvents: try await self.triggerBatch(call)
        case .channelEvents(let channel): try self.trigger(on: channel, call)
        case .channels: try await self.channels(call)
        case .channel(let channel): try await self.channel(channel, call)
        case .users(let channel): try await self.users(of: channel, call)
        case .terminateConnections(let user): self.terminateConnections(of: user, call)
        }
    }

    // MARK: - On the loop

    /// Does something on the loop of the caller's connection. Nobody waits for it: the answer goes by the same loop,
    /// behind it.
    func perform(_ call: APICall, _ body: @escaping @Sendable (Shard) -> Void) {
        let (hub, clock, loop) = (self.hub, self.clock, call.loop)
        loop.execute {
            guard let shard = hub.shard(on: loop) else { return }
            shard.now = clock.now()
            body(shard)
        }
    }

    /// Asks something on the loop of the caller's connection.
    func ask<Answer: Sendable>(
        _ call: APICall, _ body: @escaping @Sendable (Shard) -> EventLoopFuture<Answer>
    ) async throws -> Answer {
        let (hub, clock, loop) = (self.hub, self.clock, call.loop)
        return try await loop.flatSubmit {
            guard let shard = hub.shard(on: loop) else {
                return loop.makeFailedFuture(APIError.unavailable("shutting down"))
            }
            shard.now = clock.now()
            return body(shard)
        }.get()
    }
}
