// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushExtensions
internal import PushProtocol

extension HubContext {
    /// The most users that one message goes to.
    private static let maximumRecipients = 1000

    package func send(_ message: ChatMessage, to users: [String]) throws(PushError) {
        guard 1...Self.maximumRecipients ~= users.count, users.allSatisfy({ UserID.isValid($0) }) else {
            throw PushError(.invalidMessage, "a message goes to 1 to \(Self.maximumRecipients) user ids")
        }
        let sender = message.sender ?? UserID.system
        guard UserID.isValid(sender) else { throw PushError(.invalidMessage, "the sender is not a user id") }
        guard UserID.isValidType(message.type), (try? MessageBody.check(type: message.type, accepted: [])) != nil else {
            throw PushError(.invalidMessage, "the type is none, or reserved")
        }
        var content = message.content
        let isContent = content.withUTF8 { bytes in
            bytes.count <= MessageBody.maximumContentBytes
                && (try? JSONScanner().scan(UnsafeRawBufferPointer(bytes))) != nil
        }
        guard isContent else { throw PushError(.invalidMessage, "the content is JSON of at most 64 KiB") }
        let (hub, type, text) = (self.hub, message.type, content)
        self.perform { shard in
            let draft = Hub.Draft(sender: sender, recipients: users.count == 1 ? .one(users[0]) : .many(users))
            var text = text
            text.withUTF8 { bytes in
                hub.send(
                    MessageBody(type: type, content: UnsafeRawBufferPointer(bytes)), draft, on: shard, completion: nil)
            }
        }
    }
}
