// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A message of the chat.
public struct ChatMessage: Sendable, Hashable, Identifiable {
    /// A decimal number of 19 digits. The order of the texts is the order of age.
    public let id: String
    /// Who sent it; `"0"` is the system.
    public let sender: String
    /// Whom it was sent to; nil where a backend sent it to many at once.
    public let recipient: String?
    /// `chat`, or another that the application has.
    public let type: String
    /// Seconds since 1970.
    public let time: Int
    /// Whether it comes live. One that was missed and follows, or stands unread in a history, does not.
    public let isLive: Bool
    /// What was sent: JSON, byte for byte.
    public let content: String
    /// The whole message as JSON, with the members that the sender added.
    public let json: String

    /// The content, read as JSON.
    ///
    /// - Throws: ``PushClientError`` with code `malformed`.
    public func decode<Content: Decodable>(_ type: Content.Type = Content.self) throws(PushClientError) -> Content {
        try JSONCoding.decode(type, from: self.content)
    }

    /// The text of a content `{"type":"text","value":"…"}`, or of one that is a text itself.
    public var text: String? {
        guard let content = JSONValue(self.content.utf8) else { return nil }
        if let text = content.string { return text }
        guard let object = content.object, object["type"]?.string == "text" else { return nil }
        return object["value"]?.string
    }

    /// Nil where it is none.
    init?(_ frame: JSONValue) {
        guard let members = frame.object, let id = members["id"]?.identifier, let content = members["content"],
            1...64 ~= id.utf8.count
        else { return nil }
        self.id = id
        self.sender = members["uid"]?.identifier ?? "0"
        self.recipient = members["to_uid"]?.identifier
        self.type = members["type"]?.string ?? "chat"
        self.time = members["time"]?.integer ?? 0
        self.isLive = members["state"]?.integer != 0
        self.content = content.text
        self.json = frame.text
    }
}
