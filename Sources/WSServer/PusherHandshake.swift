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
    }

    private static let subprotocolPrefix = "pusher-channels-protocol-"

    let app: App
    /// Of the protocol; one of ``PushCore/PusherSession/versions``.
    let version: Int
    /// By which the chat knows the user.
    let accessToken: String?

    /// Whether a path is for clients of channels.
    ///
    /// - Parameter prefix: what may stand before `/app`.
    static func isMeant(by path: Substring, prefix: String) -> Bool {
        self.parts(of: path, prefix: prefix) != nil
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
        guard let (key, tokenOfPath) = Self.parts(of: head.path, prefix: prefix), !key.isEmpty, !key.contains("/")
        else {
            throw Refusal(code: .pathNotFound, reason: "the path is /app/ and the app's key")
        }
        guard let app = PercentEncoding.decode(key).flatMap({ apps.app(key: $0) }) else {
            throw Refusal(code: .appNotFound, reason: "there is no app with this key")
        }
        let settings = app.settings.value
        guard settings.isEnabled else { throw Refusal(code: .appDisabled, reason: "the app is disabled") }
        guard settings.accepts(origin: head.header("origin")) else {
            throw Refusal(code: .notAuthorized, reason: "the app does not accept this origin")
        }
        let query = QueryItems(head.query)
        self.app = app
        self.accessToken = tokenOfPath.map { String($0) } ?? query["access_token"] ?? head.bearerToken
        guard self.accessToken == nil || apps.chat === app else {
            throw Refusal(code: .notAuthorized, reason: "access tokens are for the app of the chat")
        }
        self.version = try Self.version(query["protocol"])
    }

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
