// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
package import NIOCore

/// The opening handshake of RFC 6455, section 4.2.
package enum WebSocketHandshake {
    /// Why a request to upgrade is refused.
    package enum Refusal: Error, Equatable, Sendable {
        /// Not a handshake that RFC 6455 knows: 400.
        case malformed
        /// A version other than 13: 426 with the version that is spoken.
        case unsupportedVersion
    }

    /// Whether a request asks to become a WebSocket.
    package static func isUpgrade(_ head: RequestHead) -> Bool {
        head.header("upgrade", contains: "websocket")
    }

    /// Checks a handshake and builds the answer 101.
    ///
    /// - Parameter subprotocol: one that the handshake offers; nil for none.
    package static func accept(_ head: RequestHead, subprotocol: String? = nil) throws(Refusal) -> ByteBuffer {
        guard head.method == "GET", head.minorVersion == 1, head.header("host") != nil,
            head.header("connection", contains: "upgrade"),
            let key = head.header("sec-websocket-key"), self.isKey(key)
        else { throw .malformed }
        guard head.header("sec-websocket-version") == "13" else { throw .unsupportedVersion }
        var response = ByteBufferAllocator().buffer(capacity: 160)
        response.writeStaticString(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        )
        response.writeString(self.acceptValue(for: key))
        if let subprotocol {
            response.writeStaticString("\r\nSec-WebSocket-Protocol: ")
            response.writeString(subprotocol)
        }
        response.writeStaticString("\r\n\r\n")
        return response
    }

    /// The value of `Sec-WebSocket-Accept` for a key (section 4.2.2).
    package static func acceptValue(for key: String) -> String {
        var hash = Insecure.SHA1()
        hash.update(data: Array(key.utf8))
        hash.update(data: Array("258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
        return Base64.encode(hash.finalize())
    }

    /// Sixteen bytes in base64, in the standard alphabet alone (RFC 4648, section 4).
    private static func isKey(_ key: String) -> Bool {
        key.utf8.count == 24 && !key.utf8.contains { "-_,".utf8.contains($0) } && Base64.decode(key)?.count == 16
    }
}
