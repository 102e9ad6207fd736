// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PushCore
internal import PushProtocol

/// The endpoints that clients of channels ask for signatures (Pusher Channels, "Authorizing users" and "Authenticating
/// users"), for users of the chat: an access token names the user, and its login record says which channels are theirs.
struct AuthRoutes {
    let configuration: Live<HTTPProxyConfiguration>
    let apps: AppDirectory
    let access: ChatAccess

    func add(to router: Router<ProxyContext>) {
        router.post("/pusher/auth", use: self.authorizeChannel)
        router.post("/pusher/user-auth", use: self.authenticateUser)
        router.get("/pusher/app", use: self.describeApp)
    }

    /// A connection that may be let into a channel.
    struct Candidate {
        let app: AppConfiguration
        let socketID: String
        let channel: ChannelName
        let user: ChatAccess.User
        /// The key of an encrypted channel.
        let sharedSecret: String?

        /// What lets the connection in.
        ///
        /// - Parameter channelData: the text that says who the member is; nil for channels without members.
        func auth(channelData: String?) -> String {
            ChannelAuthorization.auth(
                key: self.app.key, secret: PusherSecret(self.app.secret), socketID: self.socketID,
                channel: self.channel.text, channelData: channelData
            )
        }

        /// The answer that Pusher's clients understand.
        var response: Response {
            let channelData = self.channel.kind == .presence ? AuthRoutes.channelData(of: self.user) : nil
            return AuthRoutes.response([
                ("auth", self.auth(channelData: channelData)), ("channel_data", channelData),
                ("shared_secret", self.sharedSecret),
            ])
        }
    }

    /// Lets a connection into a channel.
    @Sendable
    private func authorizeChannel(_ request: Request, _ context: ProxyContext) async throws -> Response {
        try await self.candidate(request, try await self.parameters(of: request), context).response
    }

    /// What a call says.
    func parameters(of request: Request) async throws -> CallParameters {
        try await CallParameters(request, limit: self.configuration.value.maximumBodyBytes)
    }

    /// Checks that the user of the access token may join the channel of a call.
    ///
    /// - Throws: `FrameError`.
    func candidate(
        _ request: Request, _ parameters: CallParameters, _ context: ProxyContext
    ) async throws -> Candidate {
        let app = try self.app()
        let socketID = try Self.socketID(parameters)
        let channel = try Self.channel(parameters, in: app.dialect)
        let user = try await self.user(request, parameters, context)
        guard user.grants.include(channel) else {
            throw FrameError.forbidden("the login of the access token does not grant the channel")
        }
        var sharedSecret: String?
        if channel.kind == .encrypted {
            guard let key = self.configuration.value.channelMasterKey else {
                throw FrameError(
                    code: 501, message: "encrypted channels need channels.masterKey, which is not configured"
                )
            }
            sharedSecret = key.sharedSecret(of: channel)
        }
        return Candidate(app: app, socketID: socketID, channel: channel, user: user, sharedSecret: sharedSecret)
    }

    /// Says whose a connection is.
    @Sendable
    private func authenticateUser(_ request: Request, _ context: ProxyContext) async throws -> Response {
        let parameters = try await CallParameters(request, limit: self.configuration.value.maximumBodyBytes)
        let app = try self.app()
        let socketID = try Self.socketID(parameters)
        let user = try await self.user(request, parameters, context)
        guard ChannelName.serverToUser(user.uid) != nil else {
            throw FrameError.forbidden("a uid with a colon cannot sign in: no channel can be named for it")
        }
        let userData = Self.object([("id", user.uid)])
        let auth = ChannelAuthorization.auth(
            key: app.key, secret: PusherSecret(app.secret), socketID: socketID, userData: userData
        )
        return Self.response([("auth", auth), ("user_data", userData)])
    }

    /// What a page needs to connect. The key is public, the rest of the app is not.
    @Sendable
    private func describeApp(_ request: Request, _ context: ProxyContext) async throws -> Response {
        let configuration = self.configuration.value
        let parameters = try await CallParameters(request, limit: configuration.maximumBodyBytes)
        let app = try self.app()
        _ = try await self.user(request, parameters, context)
        var body = ByteBuffer(string: "{\"key\":")
        body.writeJSONString(app.key)
        body.writeStaticString(",\"path\":")
        body.writeJSONString("\(configuration.channelPathPrefix)/app/\(app.key)")
        body.writeStaticString(app.allowsClientEvents ? ",\"client_events\":true}" : ",\"client_events\":false}")
        return ChatResponse.json(.ok, body)
    }

    // MARK: - What a call needs

    /// The settings of the app whose users are the chat's.
    private func app() throws(FrameError) -> AppConfiguration {
        guard let app = self.apps.chat else {
            throw FrameError(code: 404, message: "the users of the chat have no app here: chat.app names none")
        }
        let settings = app.settings.value
        guard settings.isEnabled else { throw .forbidden("the app is disabled") }
        return settings
    }

    private func user(
        _ request: Request, _ parameters: CallParameters, _ context: ProxyContext
    ) async throws -> ChatAccess.User {
        guard let user = try await self.access.user(request, parameters, context) else {
            throw FrameError(code: 401, message: "the access token is missing or not valid")
        }
        return user
    }

    private static func socketID(_ parameters: CallParameters) throws(FrameError) -> String {
        guard let socketID = parameters.socketID else { throw .malformed("socket_id is missing") }
        guard SocketID.isWellFormed(socketID) else {
            throw .malformed("socket_id is two whole numbers with a dot between them")
        }
        return socketID
    }

    private static func channel(_ parameters: CallParameters, in dialect: Dialect) throws(FrameError) -> ChannelName {
        guard let name = parameters.channelName else { throw .malformed("channel_name is missing") }
        guard let channel = ChannelName(name, dialect: dialect) else {
            throw .malformed(
                "channel_name has 1 to \(ChannelName.maximumBytes) letters, digits and _-=@,.;"
            )
        }
        guard channel.needsSignature else {
            throw .malformed("only private-, private-encrypted- and presence- channels need a signature")
        }
        return channel
    }

    // MARK: - What is answered

    /// Who a user is in presence channels.
    private static func channelData(of user: ChatAccess.User) -> String {
        var data = ByteBuffer(string: "{\"user_id\":")
        data.writeJSONString(user.uid)
        data.writeStaticString(",\"user_info\":{}}")
        return String(buffer: data)
    }

    private static func response(_ members: [(StaticString, String?)]) -> Response {
        ChatResponse.json(.ok, ByteBuffer(string: self.object(members)))
    }

    /// An object of strings, without those that are nil.
    private static func object(_ members: [(StaticString, String?)]) -> String {
        var text = ByteBuffer(string: "{")
        for case (let name, let value?) in members {
            text.writeStaticString(text.readableBytes == 1 ? "\"" : ",\"")
            text.writeStaticString(name)
            text.writeStaticString("\":")
            text.writeJSONString(value)
        }
        text.writeStaticString("}")
        return String(buffer: text)
    }
}
