// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A frame of a chat client (chat protocol, section 2), decoded and checked as far as the frame alone allows.
package enum ClientFrame {
    /// The most recipients of one message.
    package static let maximumRecipients = 100
    /// The longest `client_id`, in bytes.
    package static let maximumClientIDBytes = 64

    /// The bare text `ping`: a sign of life, no answer.
    case life
    /// Asks for a pong.
    case ping
    /// Logs in, or renews the login.
    case login(accessToken: String)
    case message(Recipients, MessageBody, clientID: String?)
    case typing(Recipients)
    /// The client has everything up to this id.
    case ack(MessageID)
    case query(ClientQuery, clientID: String?)

    /// Why a frame is refused, with the id that lets the client find the one that it was.
    package struct Refusal: Error {
        package var error: FrameError
        package var clientID: String?
    }

    /// Decodes the text of a frame.
    ///
    /// - Parameters:
    ///   - text: valid UTF-8; what is returned refers to it.
    ///   - types: the accepted message types; empty accepts all.
    package static func decode(
        _ text: UnsafeRawBufferPointer,
        types: Set<String>,
        scanner: JSONScanner
    ) throws(Refusal) -> ClientFrame {
        if text.count == 4, text.elementsEqual("ping".utf8) { return .life }
        var clientID: String?
        do throws(FrameError) {
            let value: JSONValue
            do { value = try scanner.scan(text) } catch { throw FrameError(error) }
            guard value.kind == .object else { throw .malformed("a frame is a JSON object") }
            let members = scanner.members
            clientID = try self.clientID(members, in: text)
            let type = members.value(.type).flatMap { JSONText.string($0, in: text) }
            switch type {
            case "ping":
                return .ping
            case "login":
                guard let token = members.string(.accessToken, in: text) else {
                    throw .malformed("access_token is missing")
                }
                return .login(accessToken: token)
            case "ack":
                guard let id = members.string(.id, in: text).flatMap({ MessageID($0) }) else {
                    throw .malformed("id must be 19 digits")
                }
                return .ack(id)
            case "typing":
                return .typing(try self.recipients(members, in: text, scanner: scanner))
            default:
                if let type, let query = try ClientQuery.decode(type: type, members, in: text, scanner: scanner) {
                    return .query(query, clientID: clientID)
                }
                let body = try MessageBody(members, in: text)
                try body.checkType(accepted: types)
                return .message(
                    try self.recipients(members, in: text, scanner: scanner), body, clientID: clientID
                )
            }
        } catch {
            throw Refusal(error: error, clientID: clientID)
        }
    }

    private static func recipients(
        _ members: ContiguousArray<JSONMember>,
        in text: UnsafeRawBufferPointer,
        scanner: JSONScanner
    ) throws(FrameError) -> Recipients {
        guard let value = members.value(.recipient) else { throw .malformed("to_uid is missing") }
        return try Recipients.read(value, in: text, atMost: self.maximumRecipients, scanner: scanner)
    }

    /// The `client_id` of a frame, where it has one.
    package static func clientID(
        _ members: ContiguousArray<JSONMember>,
        in text: UnsafeRawBufferPointer
    ) throws(FrameError) -> String? {
        guard let value = members.value(.clientID) else { return nil }
        guard let id = JSONText.identifier(value, in: text), 1...self.maximumClientIDBytes ~= id.utf8.count else {
            throw .malformed("client_id must have 1-64 bytes")
        }
        return id
    }
}

@available(*, unavailable)
extension ClientFrame: Sendable {}
