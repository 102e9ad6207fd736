// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// The frames that the server sends to chat clients (chat protocol, sections 1 and 2), each a complete WebSocket frame.
package enum ServerFrame {
    /// The login was accepted.
    ///
    /// - Parameters:
    ///   - ping: seconds between the server's pings.
    package static func loginAccepted(
        deviceToken: String, uid: String, source: String, session: UInt64, milliseconds: Int64, ping: Int64
    ) -> ByteBuffer {
        WebSocketFrame.text(capacity: 256) { frame in
            frame.writeStaticString("{\"message\":\"授权成功\",\"type\":\"login\",\"code\":200,\"data\":{\"token\":")
            frame.writeJSONString(deviceToken)
            frame.writeStaticString(",\"uid\":")
            frame.writeJSONString(uid)
            frame.writeStaticString(",\"source\":")
            frame.writeJSONString(source)
            frame.writeStaticString(",\"session\":")
            frame.writeDecimal(Int64(session))
            frame.writeStaticString(",\"time\":")
            frame.writeDecimal(milliseconds)
            frame.writeStaticString(",\"ping\":")
            frame.writeDecimal(ping)
            frame.writeStaticString("}}")
        }
    }

    /// The login was refused: bad, unknown, expired or missing token.
    package static let loginRefused = Self.fixed(#"{"message":"授权失败","type":"login","code":401,"data":[]}"#)
    /// The login cannot be checked now.
    package static let loginUnavailable = Self.fixed(#"{"message":"服务暂不可用","type":"login","code":503,"data":[]}"#)
    /// Another login took this terminal's place.
    package static let replaced = Self.fixed(
        #"{"message":"该账号已在别处登录，您被踢下线","type":"login","code":441,"data":[]}"#
    )

    /// The terminal was kicked by a backend.
    package static func kicked(message: String) -> ByteBuffer {
        WebSocketFrame.text(capacity: 64 + message.utf8.count) { frame in
            frame.writeStaticString("{\"type\":\"kick\",\"code\":441,\"message\":")
            frame.writeJSONString(message)
            frame.writeStaticString(",\"data\":[]}")
        }
    }

    /// Answers a ping.
    package static func pong(milliseconds: Int64) -> ByteBuffer {
        WebSocketFrame.text(capacity: 48) { frame in
            frame.writeStaticString("{\"type\":\"pong\",\"time\":")
            frame.writeDecimal(milliseconds)
            frame.writeInteger(UInt8(ascii: "}"))
        }
    }

    /// Somebody types.
    package static func typing(from uid: String) -> ByteBuffer {
        WebSocketFrame.text(capacity: 96) { frame in
            frame.writeStaticString("{\"type\":\"typing\",\"uid\":")
            frame.writeJSONString(uid)
            frame.writeInteger(UInt8(ascii: "}"))
        }
    }

    /// A message is safe.
    ///
    /// - Parameter isStored: false where nothing keeps it, by configuration.
    package static func ack(clientID: String, id: MessageID, isOnline: Bool, isStored: Bool) -> ByteBuffer {
        WebSocketFrame.text(capacity: 160) { frame in
            frame.writeStaticString("{\"type\":\"ack\",\"code\":200,\"client_id\":")
            frame.writeJSONString(clientID)
            frame.writeStaticString(",\"id\":")
            frame.writeMessageID(id)
            frame.writeStaticString(isOnline ? ",\"data\":{\"onLine\":1}" : ",\"data\":{\"onLine\":0}")
            frame.writeStaticString(isStored ? "}" : ",\"stored\":false}")
        }
    }

    /// A frame of the client was refused; the connection goes on.
    ///
    /// - Parameter retryAfter: milliseconds, for 429.
    package static func error(_ error: FrameError, clientID: String?, retryAfter: Int64? = nil) -> ByteBuffer {
        WebSocketFrame.text(capacity: 96 + error.message.utf8.count) { frame in
            frame.writeStaticString("{\"type\":\"error\",\"code\":")
            frame.writeDecimal(Int64(error.code))
            frame.writeStaticString(",\"message\":")
            frame.writeJSONString(error.message)
            if let clientID {
                frame.writeStaticString(",\"client_id\":")
                frame.writeJSONString(clientID)
            }
            if let retryAfter {
                frame.writeStaticString(",\"retry_after\":")
                frame.writeDecimal(retryAfter)
            }
            frame.writeInteger(UInt8(ascii: "}"))
        }
    }

    /// A frame that is always the same.
    static func fixed(_ text: String) -> ByteBuffer {
        WebSocketFrame.text(capacity: text.utf8.count) { $0.writeString(text) }
    }
}
