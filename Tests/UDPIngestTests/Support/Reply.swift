// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PushTesting

/// A reply, taken apart.
struct Reply: Decodable, Equatable {
    var onLine: Int
    var code: Int?
    var id: String?
    var message: String?
    var requestID: String?
    var stored: Bool?

    private enum CodingKeys: String, CodingKey {
        case onLine, code, id, message, stored
        case requestID = "request_id"
    }

    /// - Throws: where the text is no reply.
    static func one(_ text: String) throws -> Reply {
        try JSONDecoder().decode(Reply.self, from: Data(text.utf8))
    }

    /// - Throws: where the text is no array of replies.
    static func all(_ text: String) throws -> [Reply] {
        try JSONDecoder().decode([Reply].self, from: Data(text.utf8))
    }
}

extension DatagramFixture {
    /// The one reply to a datagram; what stands there instead is no reply that anybody expects.
    func reply(to text: String, from address: String = "127.0.0.1") -> Reply {
        let replies = self.answer(to: text, from: address)
        guard replies.count == 1, let reply = try? Reply.one(replies[0]) else {
            return Reply(onLine: -1, message: "instead of one reply: \(replies)")
        }
        return reply
    }

    /// The replies to an array, which come in one datagram; none where something else comes.
    func replyToArray(_ commands: [String]) -> [Reply] {
        let replies = self.answer(to: "[\(commands.joined(separator: ","))]")
        return replies.count == 1 ? (try? Reply.all(replies[0])) ?? [] : []
    }
}
