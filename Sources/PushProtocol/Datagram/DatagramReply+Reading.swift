// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

extension DatagramReply {
    /// Reads the reply to a datagram: that to one command, or those to an array of them.
    ///
    /// - Parameter text: what came, whatever it is.
    /// - Returns: the replies; nil where the text holds none.
    package static func decode(_ text: UnsafeRawBufferPointer, scanner: JSONScanner) -> [DatagramReply]? {
        guard UTF8Validation.isValid(text), let value = try? scanner.scan(text) else { return nil }
        switch value.kind {
        case .object:
            return [DatagramReply(scanner.members, in: text)]
        case .array where scanner.elements.count <= DatagramCommand.maximumCount:
            let elements = scanner.elements
            var replies: [DatagramReply] = []
            for element in elements where element.kind == .object {
                let reply = UnsafeRawBufferPointer(rebasing: text[element.range])
                guard (try? scanner.scan(reply)) != nil else { return nil }
                replies.append(DatagramReply(scanner.members, in: reply))
            }
            return replies.count == elements.count ? replies : nil
        default:
            return nil
        }
    }

    private init(_ members: ContiguousArray<JSONMember>, in text: UnsafeRawBufferPointer) {
        // The least reply, to whoever may not learn more, has no code.
        self.init(isOnline: false, code: 400)
        for member in members {
            let value = member.value
            switch member.nameText(in: text) {
            case "onLine": self.isOnline = JSONText.integer(value, in: text) == 1
            case "code": self.code = JSONText.integer(value, in: text).flatMap { Int(exactly: $0) } ?? 400
            case "id": self.id = JSONText.string(value, in: text).flatMap { MessageID($0) }
            case "message": self.message = JSONText.string(value, in: text)
            case "request_id": self.requestID = JSONText.string(value, in: text)
            case "stored": self.isStored = value.kind == .bool && text[value.range.lowerBound] == UInt8(ascii: "t")
            case let name: self.result = (name, ByteBuffer(bytes: text[value.range]))
            }
        }
    }
}
