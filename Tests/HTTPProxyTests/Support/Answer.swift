// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PushTesting

/// What a call of the chat's interface answers, taken apart.
struct Answer: Decodable, Equatable {
    /// The member `data`, where it is the object of a send.
    struct Sent: Decodable, Equatable {
        var id: String?
        var uid: String?
        var type: String?
        var time: Int64?
        var onLine: Int?
        var stored: Bool?
        var code: Int?
        var message: String?
        var closed: Int?
    }

    var message: String
    var code: Int
    var data: Sent?
    var list: [Sent]?

    private enum CodingKeys: String, CodingKey {
        case message, code, data
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.message = try members.decode(String.self, forKey: .message)
        self.code = try members.decode(Int.self, forKey: .code)
        self.data = try? members.decode(Sent.self, forKey: .data)
        self.list = try? members.decode([Sent].self, forKey: .data)
    }
}

extension HTTPReply {
    /// The answer in the body.
    ///
    /// - Throws: where it is none, or its code is not the status.
    func answer() throws -> Answer {
        let answer = try JSONDecoder().decode(Answer.self, from: Data(self.body))
        guard answer.code == self.status else { throw Malformed(text: self.text) }
        return answer
    }
}
