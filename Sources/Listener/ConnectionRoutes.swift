// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushProtocol

/// Where a connection goes once its first request head has been read. Called on the loop of the connection.
package struct ConnectionRoutes: Sendable {
    /// Makes the handler of a WebSocket connection; throws where the request is refused. Nil where the port speaks
    /// plain HTTP only.
    package var webSocket: (@Sendable (RequestHead, AcceptedConnection) throws(HTTPRefusal) -> any ChannelHandler)?
    /// The subprotocol that a WebSocket handshake is answered with (RFC 6455, section 4.2.2): one that it offers, or none.
    package var subprotocol: @Sendable (RequestHead) -> String?
    /// Makes a handler for a connection of plain HTTP that begins with this request and is not to go to HTTP's own
    /// handlers, or not at once; nil where it goes there.
    package var plain: (@Sendable (RequestHead, AcceptedConnection) -> (any ChannelHandler)?)?
    /// Puts HTTP's handlers into the pipeline of a connection.
    package var http: @Sendable (AcceptedConnection) throws -> Void

    package init(
        webSocket: (@Sendable (RequestHead, AcceptedConnection) throws(HTTPRefusal) -> any ChannelHandler)? = nil,
        subprotocol: @escaping @Sendable (RequestHead) -> String? = { _ in nil },
        plain: (@Sendable (RequestHead, AcceptedConnection) -> (any ChannelHandler)?)? = nil,
        http: @escaping @Sendable (AcceptedConnection) throws -> Void
    ) {
        self.webSocket = webSocket
        self.plain = plain
        self.subprotocol = subprotocol
        self.http = http
    }
}

/// An HTTP answer that ends a connection before any handler had it.
package struct HTTPRefusal: Error, Equatable, Sendable {
    package var status: Int
    package var phrase: String
    /// Further header lines, without the last line break.
    package var header: String?

    package init(status: Int, phrase: String, header: String? = nil) {
        self.status = status
        self.phrase = phrase
        self.header = header
    }

    package static let badRequest = HTTPRefusal(status: 400, phrase: "Bad Request")
    package static let needsTLS = HTTPRefusal(status: 400, phrase: "This port speaks TLS")
    package static let notFound = HTTPRefusal(status: 404, phrase: "Not Found")
    package static let requestTimeout = HTTPRefusal(status: 408, phrase: "Request Timeout")
    package static let upgradeRequired = HTTPRefusal(
        status: 426, phrase: "Upgrade Required",
        // RFC 6455, section 4.4, and RFC 9110, section 15.5.22.
        header: "Sec-WebSocket-Version: 13\r\nUpgrade: websocket\r\nConnection: Upgrade"
    )
    package static let headTooLarge = HTTPRefusal(status: 431, phrase: "Request Header Fields Too Large")
    package static let unavailable = HTTPRefusal(status: 503, phrase: "Service Unavailable", header: "Retry-After: 5")

    /// The whole response.
    package var response: ByteBuffer {
        let extra = self.header.map { "\($0)\r\n" } ?? ""
        let body = "\(self.status) \(self.phrase)\n"
        return ByteBuffer(
            string: "HTTP/1.1 \(self.status) \(self.phrase)\r\n\(extra)Content-Type: text/plain\r\n"
                + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
        )
    }
}
