// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushCore
internal import PushProtocol

/// What a handshake of a client of channels asks for: `/app/{key}?protocol=7&client=js&version=8.4.0`.
struct PusherHandshake {
    /// Why a client may not stay.
    struct Refusal: Error, Equatable {
        let code: CloseCode
        let reason: String
        /// What the client understands.
        var dialect = Dialect.pusher
    }

    private static let subprotocolPrefix = "pusher-channels-protocol-"
    /// How workbunny's own client names itself, with its version, in the query: `push-server 3.2.1`.
    private static let workbunnyClient = "X-Push-WS-Client"

    let app: App
    /// Of the protocol; one of ``PushCore/PusherSession/versions``.
    let version: Int
    /// By which the chat knows the user.
    let accessToken: String?
    /// What the client speaks.
    let dialect: Dialect

    /// Whether a path is for clients of channels.
    ///
    /// - Parameter prefix: what may stand before `/app`.
    static func isMeant(by path: Substring, prefix: String) -> Bool {
        self.parts(of: path, prefix: prefix) != nil
    }

    /// The key of the app that a handshake names; nil where it names none.
    static func key(_ head: RequestHead, prefix: String) -> String? {
        guard let (key, _) = self.parts(of: head.path, prefix: prefix), 1...64 ~= key.utf8.count else { return nil }
        return PercentEncoding.decode(key)
    }

    /// The subprotocol to answer with: the first one offered that is Pusher's.
    static func subprotocol(_ head: RequestHead) -> String? {
        for value in head.values("sec-websocket-protocol") {
            for offer in value.split(separator: ",") {
                let name = offer.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
                guard name.hasPrefix(self.subprotocolPrefix) else { continue }
                let version = name.dropFirst(self.subprotocolPrefix.count)
                if !version.isEmpty, version.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) { return String(name) }
            }
        }
        return nil
    }

    init(_ head: RequestHead, prefix: String, apps: AppDirectory) throws(Refusal) {
        let query = QueryItems(head.query)
        guard let (key, tokenOfPath) = Self.parts(of: head.path, prefix: prefix), !key.isEmpty, !key.contains("/")
        else {
            throw Refusal(
                code: .pathNotFound, reason: "the path is /app/ and the app's key",
                dialect: Self.dialect(query, of: nil)
            )
        }
        guard let app = PercentEncoding.decode(key).flatMap({ apps.app(key: $0) }) else {
            throw Refusal(
                code: .appNotFound, reason: "there is no app with this key", dialect: Self.dialect(query, of: nil)
            )
        }
        let settings = app.settings.value
        let dialect = Self.dialect(query, of: settings.dialect)
        guard settings.isEnabled else {
            throw Refusal(code: .appDisabled, reason: "the app is disabled", dialect: dialect)
        }
        guard settings.accepts(origin: head.header("origin")) else {
            throw Refusal(code: .notAuthorized, reason: "the app does not accept this origin", dialect: dialect)
        }
        self.app = app
        self.dialect = dialect
        self.accessToken = tokenOfPath.map { String($0) } ?? query["access_token"] ?? head.bearerToken
        guard self.accessToken == nil || apps.chat === app else {
            throw Refusal(
                code: .notAuthorized, reason: "access tokens are for the app of the chat", dialect: dialect
            )
        }
        self.version = dialect == .pusher ? try Self.version(query["protocol"]) : Self.versionOfDialects
    }

    /// What a client speaks, before anything else of its handshake is known to be good.
    ///
    /// - Parameter app: nil where the key is nobody's, or is yet to be asked about.
    static func dialect(_ head: RequestHead, of app: App?) -> Dialect {
        self.dialect(QueryItems(head.query), of: app?.settings.value.dialect)
    }

    /// What a client speaks: those of Pusher name the version of the protocol, workbunny's own names itself, and all
    /// others speak what the app does.
    private static func dialect(_ query: QueryItems, of app: Dialect?) -> Dialect {
        let unnamed = app ?? .pusher
        guard query["protocol"] == nil, let client = query[self.workbunnyClient] else {
            return query["protocol"] == nil ? unnamed : .pusher
        }
        let version = client.utf8.drop { !(0x30...0x39 ~= $0) }.prefix { 0x30...0x39 ~= $0 }
        return switch Int(String(version) ?? "") {
        case 1, 2: .workbunny2
        case 3: .workbunny3
        default: unnamed.isWorkbunny ? unnamed : .workbunny3
        }
    }

    /// Clients of a dialect are pinged by the WebSocket: they know no `pusher:ping` of the server's.
    private static let versionOfDialects = 4

    /// No version at all is taken for the newest one: some clients have no query.
    private static func version(_ text: String?) throws(Refusal) -> Int {
        guard let text else { return PusherSession.versions.upperBound }
        guard !text.isEmpty else { throw Refusal(code: .noVersion, reason: "the protocol version is missing") }
        guard text.utf8.count <= 9, let version = Int(text) else {
            throw Refusal(code: .badVersion, reason: "the protocol version is no whole number")
        }
        guard PusherSession.versions.contains(version) else {
            throw Refusal(code: .unsupportedVersion, reason: "protocol versions 4 to 7 are spoken here")
        }
        return version
    }

    /// What stands behind `/app/`, and the access token of `/t/{token}/app/…`; nil where the path is another one.
    private static func parts(of path: Substring, prefix: String) -> (key: Substring, accessToken: Substring?)? {
        var rest = path
        if !prefix.isEmpty, path.hasPrefix(prefix + "/") { rest = path.dropFirst(prefix.count) }
        var accessToken: Substring?
        if rest.hasPrefix("/t/") {
            let token = rest.dropFirst(3).prefix { $0 != "/" }
            accessToken = token
            rest = rest[token.endIndex...]
        }
        if rest == "/app" { return (rest.dropFirst(4), accessToken) }
        return rest.hasPrefix("/app/") ? (rest.dropFirst(5), accessToken) : nil
    }
}
