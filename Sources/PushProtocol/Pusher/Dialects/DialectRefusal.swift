// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Why something that a client of an older dialect sent is refused. Each server has its own words, which its clients
/// may look for.
package enum DialectRefusal: Error, Equatable, Sendable {
    /// It is no JSON, or empty.
    case nothing
    /// It has no event.
    case noEvent
    /// The event is none of the protocol's.
    case unknownEvent
    /// The event is a client's, and its name does not say so.
    case notPrefixed
    case noChannel
    /// It is no name of a channel.
    case badChannel
    /// An event without data.
    case noData
    case notSubscribed
    /// Client events do not go to a channel of this kind.
    case wrongKind
    /// - Parameter auth: what the client sent.
    case invalidAuth(String)
    case noChannelData
    /// - Parameter member: the part of it that is wrong, where it is one.
    case badChannelData(member: String?)
    /// There is no app with the key.
    case invalidKey
    /// There is no key.
    case invalidApp
    /// What these servers do not know.
    case other(String)

    /// The frame that says so, as ``DialectTranslator`` takes it; nil where the dialect says nothing.
    package func frame(in dialect: Dialect) -> ByteBuffer? {
        guard
            let (code, message) = dialect == .workbunny3 ? self.ofWorkbunny3 : self.text(in: dialect).map({ (nil, $0) })
        else { return nil }
        return WebSocketFrame.text(capacity: 72 + message.utf8.count) { frame in
            PusherServerFrame.writeHead("pusher:error", channel: nil, to: &frame)
            frame.writeStaticString(#"{"code":"#)
            if let code { frame.writeJSONString(code) } else { frame.writeStaticString("null") }
            frame.writeStaticString(#","message":"#)
            frame.writeJSONString(message)
            frame.writeStaticString("}}")
        }
    }

    /// The words of webman/push and of workbunny 2.
    private func text(in dialect: Dialect) -> String? {
        let isWebman = dialect == .webmanPush
        let rejected = "Client event rejected - "
        return switch self {
        case .nothing: nil
        case .noEvent: isWebman ? "Empty event" : rejected + "Unknown event"
        case .unknownEvent: isWebman ? "Unknown event" : rejected + "Unknown event"
        case .notPrefixed: rejected + (isWebman ? "client events must be prefixed by 'client-'" : "Unknown event")
        case .noChannel: isWebman ? "Empty channel" : "Bad channel"
        case .badChannel: "Bad channel"
        case .noData: "Bad data"
        case .notSubscribed: rejected + "you didn't subscribe this channel"
        case .wrongKind: rejected + "only supported on private and presence channels"
        case .invalidAuth(let auth): "Received invalid Auth \(Self.shown(auth))"
        case .noChannelData: "Empty channel_data"
        case .badChannelData(let member): "Bad channel_data" + (isWebman ? "" : member.map { ".\($0)" } ?? "")
        case .invalidKey: "Invalid app_key"
        case .invalidApp: "Invalid app"
        case .other(let message): message
        }
    }

    /// The words of workbunny 3.
    private var ofWorkbunny3: (code: String?, message: String)? {
        switch self {
        case .nothing: ("403", "Client rejected - Unknown event")
        case .noEvent, .notPrefixed: ("403", "Client rejected - client events must be prefixed by 'client-'")
        case .unknownEvent: nil
        case .noChannel, .badChannel: ("404", "Client error - Bad channel")
        case .noData: ("400", "Client error - Empty data")
        case .notSubscribed: ("403", "Client rejected - you didn't subscribe this channel")
        case .wrongKind: ("403", "Client rejected - only supported on private and presence channels")
        case .invalidAuth(let auth): ("403", "Client rejected - Received invalid Auth \(Self.shown(auth))")
        case .noChannelData: ("400", "Client error - Empty channel_data")
        case .badChannelData(let member): ("400", "Client error - Bad channel_data" + (member.map { ".\($0)" } ?? ""))
        case .invalidKey: ("403", "Client rejected - Invalid app_key")
        case .invalidApp: ("403", "Client rejected - Invalid app")
        case .other(let message): ("400", "Client error - \(message)")
        }
    }

    /// What a client sent comes back to it, but never much of it.
    private static func shown(_ text: String) -> String {
        text.utf8.count <= 256 ? text : String(text.unicodeScalars.prefix(64)) + "…"
    }
}
