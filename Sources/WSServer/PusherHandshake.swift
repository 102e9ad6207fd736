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

    /// Whether a path is for clients of channels.
    ///
    /// - Parameter prefix: what may stand before `/app`.
    static func isMeant(by path: Substring, prefix: String) -> Bool {
        self.rest(of: path, prefix: prefix) != nil
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
        guard let key = Self.rest(of: head.path, prefix: prefix), !key.isEmpty, !key.contains("/") else {
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
        self.app = app
        self.version = try Self.version(QueryItems(head.query)["protocol"])
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

    /// What stands behind `/app/`; nil where the path is another one.
    private static func rest(of path: Substring, prefix: String) -> Substring? {
        for base in [prefix + "/app", "/app"] {
            if path == base { return path.dropFirst(base.count) }
            if path.hasPrefix(base + "/") { return path.dropFirst(base.count + 1) }
        }
        return nil
    }
}
