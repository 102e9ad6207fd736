// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PushCore
internal import PushProtocol

/// The chat's HTTP interface (chat protocol, section 4): send, index, online, kick.
struct ChatRoutes {
    /// The most sends of one call of `/chat/index`.
    static let maximumSends = 100
    /// The most users of one call of `/chat/online`.
    static let maximumUsers = 100

    let configuration: HTTPProxyConfiguration
    let hub: Hub
    let clock: any ServerClock
    let access: ChatAccess

    func add(to router: Router<ProxyContext>) {
        router.get("/chat/send", use: self.send)
        router.post("/chat/send", use: self.send)
        router.post("/chat/index", use: self.index)
        router.get("/chat/online", use: self.online)
        router.post("/chat/kick", use: self.kick)
    }

    @Sendable
    private func send(_ request: Request, _ context: ProxyContext) async throws -> Response {
        let parameters = try await SendParameters(request, limit: self.configuration.maximumBodyBytes)
        let caller = try await self.access.caller(request, parameters, context)
        let sent = try await self.sender(context).send(parameters, caller)
        return ChatResponse.success(
            sent.code == 202 ? "accepted, not stored yet" : "send请求成功", code: sent.code, data: sent.data
        )
    }

    @Sendable
    private func index(_ request: Request, _ context: ProxyContext) async throws -> Response {
        let parameters = try await SendParameters(request, limit: self.configuration.maximumBodyBytes)
        try await self.access.requireServer(request, parameters, context)
        guard 1...Self.maximumSends ~= parameters.elements.count else {
            throw FrameError.malformed("the body is an array of 1 to \(Self.maximumSends) sends")
        }
        let sender = self.sender(context)
        var data = ByteBuffer(string: "[")
        for (index, element) in parameters.elements.enumerated() {
            if index > 0 { data.writeStaticString(",") }
            do {
                let sent = try await sender.send(SendParameters(element: element), .server)
                data.writeImmutableBuffer(sent.data)
            } catch let error as FrameError {
                data.writeStaticString("{\"code\":")
                data.writeDecimal(Int64(error.code))
                data.writeStaticString(",\"message\":")
                data.writeJSONString(error.message)
                data.writeStaticString("}")
            }
        }
        data.writeStaticString("]")
        return ChatResponse.success("index请求成功", data: data)
    }

    @Sendable
    private func online(_ request: Request, _ context: ProxyContext) async throws -> Response {
        let parameters = try await SendParameters(request, limit: self.configuration.maximumBodyBytes)
        try await self.access.requireServer(request, parameters, context)
        guard 1...Self.maximumUsers ~= parameters.uids.count, parameters.uids.allSatisfy(UserID.isValid) else {
            throw FrameError.malformed("uid is a list of 1 to \(Self.maximumUsers) user ids, joined by commas")
        }
        var data = ByteBuffer(string: "{")
        var seen: Set<String> = []
        for uid in parameters.uids where seen.insert(uid).inserted {
            if seen.count > 1 { data.writeStaticString(",") }
            data.writeJSONString(uid)
            data.writeStaticString(self.hub.isOnline(uid) ? ":1" : ":0")
        }
        data.writeStaticString("}")
        return ChatResponse.success("online请求成功", data: data)
    }

    @Sendable
    private func kick(_ request: Request, _ context: ProxyContext) async throws -> Response {
        let parameters = try await SendParameters(request, limit: self.configuration.maximumBodyBytes)
        try await self.access.requireServer(request, parameters, context)
        guard let uid = parameters.uid, UserID.isValid(uid) else { throw FrameError.malformed("uid is missing") }
        let hub = self.hub
        let closed = try await context.loop.submit { () -> Int in
            guard let shard = hub.shard(on: context.loop) else { return 0 }
            return hub.kick(uid, source: parameters.source, message: parameters.message, from: shard)
        }.get()
        return ChatResponse.success("kick请求成功", data: ByteBuffer(string: "{\"closed\":\(closed)}"))
    }

    private func sender(_ context: ProxyContext) -> ChatSender {
        ChatSender(hub: self.hub, clock: self.clock, access: self.access, loop: context.loop)
    }
}
