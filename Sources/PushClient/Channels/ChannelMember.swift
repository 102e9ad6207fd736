// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A user in a presence channel.
public struct ChannelMember: Sendable, Hashable, Identifiable {
    /// The id of the user.
    public let id: String
    /// What the user's backend says of them, as JSON; nil where it says nothing.
    public let info: String?

    /// The information, read as JSON.
    ///
    /// - Throws: ``PushClientError`` with code `malformed`.
    public func decode<Info: Decodable>(_ type: Info.Type = Info.self) throws(PushClientError) -> Info {
        try JSONCoding.decode(type, from: self.info ?? "null")
    }

    init(id: String, info: JSONValue?) {
        self.id = id
        self.info = info.flatMap { $0.isNull ? nil : $0.content }
    }
}
