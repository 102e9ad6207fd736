// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The members of a server's frame that tests look at.
package struct FrameMembers: Decodable, Equatable, Sendable {
    /// The object `data`, where it is one.
    package struct Payload: Decodable, Equatable, Sendable {
        package var token: String?
        package var uid: String?
        package var source: String?
        package var session: UInt64?
        package var time: Int64?
        package var ping: Int64?
        package var onLine: Int?
    }

    package var type: String?
    package var code: Int?
    package var message: String?
    package var id: String?
    package var uid: String?
    package var recipient: String?
    package var time: Int64?
    package var state: Int?
    package var clientID: String?
    /// Milliseconds.
    package var retryAfter: Int64?
    package var isStored: Bool?
    package var data: Payload?

    private enum CodingKeys: String, CodingKey {
        case type, code, message, id, uid, time, state, data
        case recipient = "to_uid"
        case clientID = "client_id"
        case retryAfter = "retry_after"
        case isStored = "stored"
    }

    /// - Throws: where the text is no JSON object, or a member has another type.
    package init(_ text: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.type = try members.decodeIfPresent(String.self, forKey: .type)
        self.code = try members.decodeIfPresent(Int.self, forKey: .code)
        self.message = try members.decodeIfPresent(String.self, forKey: .message)
        self.id = try members.decodeIfPresent(String.self, forKey: .id)
        self.uid = try members.decodeIfPresent(String.self, forKey: .uid)
        self.recipient = try members.decodeIfPresent(String.self, forKey: .recipient)
        self.time = try members.decodeIfPresent(Int64.self, forKey: .time)
        self.state = try members.decodeIfPresent(Int.self, forKey: .state)
        self.clientID = try members.decodeIfPresent(String.self, forKey: .clientID)
        self.retryAfter = try members.decodeIfPresent(Int64.self, forKey: .retryAfter)
        self.isStored = try members.decodeIfPresent(Bool.self, forKey: .isStored)
        // Where there is nothing to say, it is an empty array.
        self.data = try? members.decodeIfPresent(Payload.self, forKey: .data)
    }
}

extension DeliveryLog {
    /// The members of each text frame.
    package func members() throws -> [FrameMembers] {
        try self.texts.map { try FrameMembers($0) }
    }
}
