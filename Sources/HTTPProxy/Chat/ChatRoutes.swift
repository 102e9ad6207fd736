// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PushCore
internal import PushProtocol

/// What changes or asks for something now, out of the chat's HTTP interface (chat protocol, section 4): send, index,
/// online, kick.
struct ChatRoutes {
    /// The most sends of one call of `/chat/index`.
    static let maximumSends = 100
    /// The most users of one call of `/chat/online`.
    static let maximumUsers = 100

    let configuration: HTTPProxyConfiguration
    let backend: any ChatBackend
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
        let parameters = try await CallParameters(request, limit: self.configuration.maximumBodyBytes)
        let caller = try await self.access.caller(request, parameters, context)
        var message = try self.message(parameters, caller)
        if case .user(let uid) = caller {
            try self.access.checkRate(of: uid, recipients: message.recipients.count)
            message = try await self.backend.pass(message, on: context.loop)
        }
        guard let result = await self.backend.send([message], on: context.loop).first else {
            throw HTTPError(.internalServerError)
        }
        let delivery = try result.get()
        return ChatResponse.success(
            delivery.isSafe ? "send请求成功" : "accepted, not stored yet", code: delivery.isSafe ? 200 : 202,
            data: message.data(delivery)
        )
    }

    @Sendable
    private func index(_ request: Request, _ context: ProxyContext) async throws -> Response {
        let parameters = try await CallParameters(request, limit: self.configuration.maximumBodyBytes)
        try await self.access.requireServer(request, parameters, context)
        guard 1...Self.maximumSends ~= parameters.elements.count else {
            throw FrameError.malformed("the body is an array of 1 to \(Self.maximumSends) sends")
        }
        let messages = parameters.elements.map { element in
            Result { () throws(FrameError) in try self.message(CallParameters(element: element), .server) }
        }
        let sent = messages.compactMap { try? $0.get() }
        var results = await self.backend.send(sent, on: context.loop).makeIterator()
        var data = ByteBuffer(string: "[")
        for (index, message) in messages.enumerated() {
            if index > 0 { data.writeStaticString(",") }
            do throws(FrameError) {
                let message = try message.get()
                guard let result = results.next() else { throw FrameError(code: 500, message: "internal error") }
                let delivery = try result.get()
                data.writeImmutableBuffer(message.data(delivery, code: delivery.isSafe ? nil : 202))
            } catch {
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
        let parameters = try await CallParameters(request, limit: self.configuration.maximumBodyBytes)
        try await self.access.requireServer(request, parameters, context)
        guard 1...Self.maximumUsers ~= parameters.uids.count, parameters.uids.allSatisfy(UserID.isValid) else {
            throw FrameError.malformed("uid is a list of 1 to \(Self.maximumUsers) user ids, joined by commas")
        }
        var seen: Set<String> = []
        let uids = parameters.uids.filter { seen.insert($0).inserted }
        let areOnline = try await self.backend.areOnline(uids, on: context.loop)
        var data = ByteBuffer()
        data.writeNumbers(zip(uids, areOnline.map { $0 ? 1 : 0 }))
        return ChatResponse.success("online请求成功", data: data)
    }

    @Sendable
    private func kick(_ request: Request, _ context: ProxyContext) async throws -> Response {
        let parameters = try await CallParameters(request, limit: self.configuration.maximumBodyBytes)
        try await self.access.requireServer(request, parameters, context)
        guard let uid = parameters.uid, UserID.isValid(uid) else { throw FrameError.malformed("uid is missing") }
        let closed = try await self.backend.kick(
            uid, source: parameters.source, message: parameters.message, on: context.loop
        )
        var data = ByteBuffer()
        data.writeNumbers(CollectionOfOne(("closed", closed)))
        return ChatResponse.success("kick请求成功", data: data)
    }

    private func message(_ parameters: CallParameters, _ caller: ChatAccess.Caller) throws(FrameError)
        -> OutgoingMessage
    {
        try OutgoingMessage(
            parameters, caller, types: self.access.chat.value.types, at: self.access.clock.now()
        )
    }
}
