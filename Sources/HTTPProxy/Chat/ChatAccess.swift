// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PushCore
internal import PushProtocol
internal import Synchronization

/// Finds out who calls: a backend with a server key, or a user with an access token.
struct ChatAccess: Sendable {
    /// Who calls.
    enum Caller: Equatable {
        case server
        /// A user, by uid.
        case user(String)
    }

    /// A user whose access token holds.
    struct User: Equatable {
        let uid: String
        /// The channels that this login may join.
        let grants: ChannelGrants
    }

    let configuration: Live<HTTPProxyConfiguration>
    let chat: Live<ChatConfiguration>
    let sessions: any SessionStore
    let clock: any ServerClock
    private let rates = UserRates()

    init(
        configuration: Live<HTTPProxyConfiguration>, chat: Live<ChatConfiguration>, sessions: any SessionStore,
        clock: any ServerClock
    ) {
        self.configuration = configuration
        self.chat = chat
        self.sessions = sessions
        self.clock = clock
    }

    /// Who calls.
    ///
    /// - Throws: 401 where nobody is named, or the key or token is wrong; 503 where a token cannot be checked.
    func caller(_ request: Request, _ parameters: CallParameters, _ context: ProxyContext) async throws -> Caller {
        for key in [Self.bearer(request), parameters.serverKey].compactMap({ $0 }) where self.isServerKey(key) {
            return .server
        }
        guard let user = try await self.user(request, parameters, context) else {
            throw FrameError(code: 401, message: "授权失败")
        }
        return .user(user.uid)
    }

    /// Whose access token the call has; nil where it has none that holds.
    ///
    /// - Throws: 503 where it cannot be checked.
    func user(_ request: Request, _ parameters: CallParameters, _ context: ProxyContext) async throws -> User? {
        guard let accessToken = parameters.accessToken ?? Self.bearer(request) else { return nil }
        let chat = self.chat.value
        let readings = AccessToken.readings(of: accessToken, order: chat.tokenOrder, sources: chat.sources)
        guard !readings.isEmpty else { return nil }
        let records: [LoginRecord?]
        do {
            records = try await self.sessions.records(for: readings.map(\.uid), on: context.loop).get()
        } catch {
            throw FrameError(code: 503, message: "logins cannot be checked now")
        }
        let now = self.clock.now()
        let accepted = zip(readings, records).first {
            LoginVerifier.accepts($0, by: $1, milliseconds: now.milliseconds)
        }
        return accepted.map { token, record in
            User(
                uid: token.uid, grants: ChannelGrants(record?.grants[token.source]?.channels ?? [], uid: token.uid)
            )
        }
    }

    /// Only a backend may go on.
    func requireServer(_ request: Request, _ parameters: CallParameters, _ context: ProxyContext) async throws {
        guard try await self.caller(request, parameters, context) == .server else {
            throw FrameError.forbidden("needs a server key")
        }
    }

    /// Counts what a user sends, against the rates of a session.
    func checkRate(of uid: String, recipients: Int) throws(FrameError) {
        let now = self.clock.now()
        guard self.rates.passes(uid, recipients: recipients, chat: self.chat.value, uptime: now.uptime) else {
            throw .tooFast
        }
    }

    /// RFC 6750, section 2.1.
    private static func bearer(_ request: Request) -> String? {
        request.headers[.authorization].flatMap { value in
            value.lowercased().hasPrefix("bearer ") ? String(value.dropFirst("bearer ".count)) : nil
        }
    }

    private func isServerKey(_ key: String) -> Bool {
        var isKey = false
        for known in self.configuration.value.serverKeys where ConstantTime.equal(known, key) { isKey = true }
        return isKey
    }
}

/// The rates of users who send by HTTP; bounded in number.
private final class UserRates: Sendable {
    private struct Rates {
        var messages = RateLimiter()
        var recipients = RateLimiter()
        var lastUse: Int64 = 0
    }

    private static let maximumUsers = 100_000
    private static let forgetAfter: Int64 = 10_000_000_000

    private let users: Mutex<[String: Rates]> = Mutex([:])

    func passes(_ uid: String, recipients: Int, chat: ChatConfiguration, uptime: Int64) -> Bool {
        self.users.withLock { users in
            if users.count >= Self.maximumUsers, users[uid] == nil {
                // A burst is long over after this; whoever is left is really sending.
                users = users.filter { uptime - $0.value.lastUse < Self.forgetAfter }
                guard users.count < Self.maximumUsers else { return false }
            }
            var rates = users[uid] ?? Rates()
            rates.lastUse = uptime
            let passes =
                rates.messages.check(cost: 1, rate: chat.messageRate, uptime: uptime) == nil
                && rates.recipients.check(cost: recipients, rate: chat.recipientRate, uptime: uptime) == nil
            users[uid] = rates
            return passes
        }
    }
}
