// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// The frames about what was said before (chat protocol, section 6).
extension ServerFrame {
    /// A page of what was said with a peer, the newest first.
    package static func history(
        with peer: String, messages: [HistoryMessage], hasMore: Bool, clientID: String?
    ) -> ByteBuffer {
        let capacity = messages.reduce(192 + peer.utf8.count) { $0 + $1.estimatedBytes }
        return WebSocketFrame.text(capacity: capacity) { frame in
            frame.writeStaticString("{\"type\":\"history\",\"with\":")
            frame.writeJSONString(peer)
            frame.writeInteger(UInt8(ascii: ","))
            frame.writeHistoryMembers(messages, hasMore: hasMore)
            frame.end(clientID: clientID)
        }
    }

    /// The archive cannot be read now; what was missed follows when it can.
    package static let historyUnavailable = Self.fixed(#"{"type":"history","code":503}"#)

    /// How many messages of each peer are not read.
    package static func unread(_ counts: [(peer: String, count: Int)], clientID: String?) -> ByteBuffer {
        self.numbers("unread", counts.lazy.map { ($0.peer, $0.count) }, count: counts.count, clientID: clientID)
    }

    /// Who of some users is online.
    package static func online(_ users: [(uid: String, isOnline: Bool)], clientID: String?) -> ByteBuffer {
        self.numbers("online", users.lazy.map { ($0.uid, $0.isOnline ? 1 : 0) }, count: users.count, clientID: clientID)
    }

    /// A user has read up to an id.
    package static func read(by uid: String, id: MessageID) -> ByteBuffer {
        WebSocketFrame.text(capacity: 128) { frame in
            frame.writeStaticString("{\"type\":\"read\",\"uid\":")
            frame.writeJSONString(uid)
            frame.writeStaticString(",\"id\":")
            frame.writeMessageID(id)
            frame.writeInteger(UInt8(ascii: "}"))
        }
    }

    private static func numbers(
        _ type: StaticString, _ members: some Sequence<(String, Int)>, count: Int, clientID: String?
    ) -> ByteBuffer {
        WebSocketFrame.text(capacity: 128 + 24 * count) { frame in
            frame.writeStaticString("{\"type\":\"")
            frame.writeStaticString(type)
            frame.writeStaticString("\",\"data\":")
            frame.writeNumbers(members)
            frame.end(clientID: clientID)
        }
    }
}

extension ByteBuffer {
    /// Ends the object of an answer, with the client's own name for the question where it gave one.
    fileprivate mutating func end(clientID: String?) {
        if let clientID {
            self.writeStaticString(",\"client_id\":")
            self.writeJSONString(clientID)
        }
        self.writeInteger(UInt8(ascii: "}"))
    }
}
