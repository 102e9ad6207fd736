// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol

/// A decoded client frame as plain values that outlive its text.
enum DecodedFrame: Equatable, Sendable {
    case life, ping
    case login(String)
    case message(to: Recipients, type: String, content: String, members: [String], clientID: String?)
    case typing(to: Recipients)
    case ack(String)
    case query(ClientQuery, clientID: String?)
    case refused(Int, String, clientID: String?)

    init(_ text: String, types: Set<String> = [], scanner: JSONScanner = JSONScanner()) {
        self.init(Array(text.utf8), types: types, scanner: scanner)
    }

    init(_ bytes: [UInt8], types: Set<String> = [], scanner: JSONScanner = JSONScanner()) {
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        self = withText(bytes) { memory in
            do throws(ClientFrame.Refusal) {
                switch try ClientFrame.decode(memory, types: types, scanner: scanner) {
                case .life: return .life
                case .ping: return .ping
                case .login(let token): return .login(token)
                case .message(let recipients, let body, let clientID):
                    return .message(
                        to: recipients,
                        type: body.type,
                        content: text(body.content),
                        members: body.members.map(text),
                        clientID: clientID
                    )
                case .typing(let recipients): return .typing(to: recipients)
                case .ack(let id): return .ack(id.text)
                case .query(let query, let clientID): return .query(query, clientID: clientID)
                }
            } catch {
                return .refused(error.error.code, error.error.message, clientID: error.clientID)
            }
        }
    }

    /// A message to one, with nothing but a content.
    static func message(
        to uid: String = "9",
        type: String = "chat",
        content: String = "1",
        members: [String] = [],
        clientID: String? = nil
    ) -> DecodedFrame {
        .message(to: .one(uid), type: type, content: content, members: members, clientID: clientID)
    }
}
