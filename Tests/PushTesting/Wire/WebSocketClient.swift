// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// A WebSocket client on a real socket.
package struct WebSocketClient: Sendable {
    /// The server did not let the client in.
    package struct Refused: Error {
        package let answer: String

        package init(answer: String) {
            self.answer = answer
        }
    }

    package let socket: RawClient

    /// Connects, and does the handshake.
    ///
    /// - Parameters:
    ///   - source: the address to come from; nil leaves it to the system.
    ///   - headers: further lines of the request, each with its line break.
    ///   - reads: whether what comes is read from the start; a client that does not cannot wait for the handshake's
    ///     answer.
    package static func connect(
        to address: SocketAddress, _ target: String = "/", from source: String? = nil, headers: String = "",
        reads: Bool = true, receiveBuffer: Int32? = nil, isEncrypted: Bool = false, preamble: [UInt8] = []
    ) async throws -> WebSocketClient {
        let socket = try await RawClient.connect(
            to: address, from: source, reads: reads, receiveBuffer: receiveBuffer, isEncrypted: isEncrypted,
            preamble: preamble
        )
        try await socket.send(
            "GET \(target) HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\(headers)\r\n"
        )
        let client = WebSocketClient(socket: socket)
        guard reads else { return client }
        let answer = try await socket.receive { bytes in
            let end = Array("\r\n\r\n".utf8)
            return bytes.indices.first { bytes[$0...].starts(with: end) }.map { $0 + end.count }
        }
        let text = String(decoding: answer, as: UTF8.self)
        guard text.hasPrefix("HTTP/1.1 101 ") else { throw Refused(answer: text) }
        return client
    }

    package func send(_ bytes: [UInt8]) async throws { try await self.socket.send(bytes) }
    package func send(_ text: String) async throws { try await self.socket.send(MaskedFrame.text(text)) }

    /// The next frame of the server.
    package func next() async throws -> ReceivedFrame {
        let bytes = try await self.socket.receive { try ReceivedFrame.first(in: $0[...])?.length }
        guard let first = try ReceivedFrame.first(in: bytes[...]) else { throw ReceivedFrame.Malformed(bytes: bytes) }
        return first.frame
    }

    /// Everything until the server has closed.
    package func rest() async throws -> [ReceivedFrame] {
        try ReceivedFrame.all(in: try await self.socket.receiveToEnd())
    }

    /// Sends a ping with a payload of its own, and waits until it is answered.
    ///
    /// - Returns: what came before the answer.
    @discardableResult
    package func roundTrip() async throws -> [ReceivedFrame] {
        let payload = (0..<8).map { _ in UInt8.random(in: .min ... .max) }
        try await self.send(MaskedFrame.ping(payload))
        var before: [ReceivedFrame] = []
        while true {
            let frame = try await self.next()
            if frame == .pong(payload) { return before }
            before.append(frame)
        }
    }

    package func close() async { await self.socket.close() }
}
