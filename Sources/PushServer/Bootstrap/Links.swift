// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Listener
internal import PushProtocol
internal import ServerConfig

/// The addresses that a person on this machine opens.
struct Links {
    private let configuration: ServerConfiguration

    init(_ configuration: ServerConfiguration) {
        self.configuration = configuration
    }

    /// The page, with a token in the fragment, which no server ever sees.
    func page(accessToken: String, peer: String?) -> String {
        let to = peer.map { "&to=\($0)" } ?? ""
        return
            "\(self.configuration.tls == nil ? "http" : "https")://\(self.authority)/#access_token=\(accessToken)\(to)"
    }

    /// The WebSocket, with a token in the query.
    func webSocket(accessToken: String) -> String {
        "\(self.configuration.tls == nil ? "ws" : "wss")://\(self.authority)/?access_token=\(accessToken)"
    }

    /// Where a server bound to a host is reached from this machine.
    static func reachable(_ host: String) -> String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "::1"
        default: host
        }
    }

    private var authority: String {
        let host = Self.reachable(self.configuration.webSocketListener.host)
        let name = host == "127.0.0.1" ? "localhost" : host.contains(":") ? "[\(host)]" : host
        return "\(name):\(self.configuration.webSocketListener.port)"
    }
}
