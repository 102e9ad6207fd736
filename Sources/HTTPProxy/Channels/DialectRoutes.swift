// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PushCore
internal import PushProtocol

/// The routes beside the API that clients and backends of webman/push and workbunny know. The endpoints for signatures are
/// `/pusher/auth` in their words: the access token says who asks, and its login record which channels are theirs.
struct DialectRoutes {
    let auth: AuthRoutes

    func add(to router: Router<ProxyContext>) {
        router.post("/plugin/webman/push/auth", use: self.authorizeForWebmanPush)
        router.post("/subscribe/auth", use: self.authorizeForWorkbunny)
        router.get("/index", use: self.greet)
    }

    @Sendable
    private func authorizeForWebmanPush(_ request: Request, _ context: ProxyContext) async throws -> Response {
        do {
            let parameters = try await self.auth.parameters(of: request)
            return try await self.auth.candidate(request, parameters, context).response
        } catch let error as FrameError {
            return Self.text(error.code, error.code == 403 ? "Forbidden" : error.message)
        }
    }

    /// The member's data is an object here, which the client passes on, and whoever checks it writes it as PHP does: with
    /// its members in order. A private channel has none: what is not signed must not be sent.
    @Sendable
    private func authorizeForWorkbunny(_ request: Request, _ context: ProxyContext) async throws -> Response {
        do {
            let parameters = try await self.auth.parameters(of: request)
            try self.check(parameters)
            let candidate = try await self.auth.candidate(request, parameters, context)
            var body = ByteBuffer(string: "{")
            var data: String?
            if candidate.channel.kind == .presence {
                // Its information is a text too. A uid has no letters that PHP would escape.
                let object = "{\"user_id\":\"\(candidate.user.uid)\",\"user_info\":\"{}\"}"
                body.writeString("\"channel_data\":\(object),")
                data = object
            }
            body.writeStaticString("\"auth\":")
            body.writeJSONString(candidate.auth(channelData: data))
            body.writeStaticString("}")
            return ChatResponse.json(.ok, body)
        } catch let error as FrameError {
            return ChatResponse.json(.init(code: error.code), APIResponse.errorObject(error.message))
        }
    }

    /// What workbunny's endpoint says of its parameters.
    private func check(_ parameters: CallParameters) throws(FrameError) {
        guard let name = parameters.channelName, !name.isEmpty else { throw .malformed("Required channel_name") }
        let dialect = self.auth.apps.chat?.settings.value.dialect ?? .pusher
        guard ChannelName(name, dialect: dialect)?.needsSignature == true else {
            throw .malformed("Invalid channel_name")
        }
        guard parameters.socketID?.isEmpty == false else { throw .malformed("Required socket_id") }
    }

    /// Where an app speaks that dialect.
    @Sendable
    private func greet(_ request: Request, _ context: ProxyContext) throws -> Response {
        guard let dialect = self.auth.apps.workbunnyDialect else {
            throw HTTPError(.notFound)
        }
        return APIResponse.marked(Self.text(200, "Hello Workbunny!"), as: dialect)
    }

    private static func text(_ code: Int, _ text: String) -> Response {
        Response(
            status: .init(code: code),
            headers: [
                .contentType: "text/plain; charset=utf-8", .xContentTypeOptions: "nosniff", .cacheControl: "no-store",
            ],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }
}
