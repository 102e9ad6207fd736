// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import PushProtocol

/// A message that a call sends, checked as far as the call alone allows.
struct OutgoingMessage: Sendable {
    var sender: String
    var recipients: Recipients
    var type: String
    /// The content's JSON.
    var content: ByteBuffer
    /// When the call came.
    var moment: Moment
    /// The sender's name for the message, which makes a repetition harmless.
    var clientID: String?
    /// Whether a backend sends it, for whomever it likes.
    var isFromBackend: Bool
    /// Whether the answer waits until the message is safe.
    var waitsUntilStored: Bool

    /// Reads what a call asks for, in the name of its caller.
    ///
    /// - Parameter types: what users may send; empty for all but the reserved ones.
    init(
        _ parameters: CallParameters, _ caller: ChatAccess.Caller, types: Set<String>, at moment: Moment
    ) throws(FrameError) {
        guard let recipients = parameters.recipients else { throw .malformed("to_uid is missing") }
        guard let content = parameters.content else { throw .malformed("content is missing") }
        guard content.readableBytes <= MessageBody.maximumContentBytes else { throw .tooLarge }
        let type = parameters.type ?? MessageBody.defaultType
        guard UserID.isValidType(type) else { throw .malformed("type must be 1-64 of A-Z a-z 0-9 _ . -") }
        switch caller {
        case .server:
            self.sender = parameters.uid ?? UserID.system
            guard UserID.isValid(self.sender) else { throw .malformed("uid is not a user id") }
            try MessageBody.check(type: type, accepted: [])
        case .user(let uid):
            self.sender = uid
            try MessageBody.check(type: type, accepted: types)
        }
        self.recipients = recipients
        self.type = type
        self.content = content
        self.moment = moment
        self.clientID = parameters.clientID
        self.isFromBackend = caller == .server
        self.waitsUntilStored = parameters.waitsUntilStored
    }

    /// What a call is answered with, as JSON.
    ///
    /// - Parameter code: a code of its own, where it is one of many.
    func data(_ delivery: Delivery, code: Int? = nil) -> ByteBuffer {
        var data = ByteBufferAllocator().buffer(capacity: 256 + self.content.readableBytes)
        data.writeStaticString("{\"id\":")
        data.writeMessageID(delivery.id)
        data.writeStaticString(",\"to_uid\":")
        data.writeRecipients(self.recipients)
        data.writeStaticString(",\"type\":")
        data.writeJSONString(self.type)
        data.writeStaticString(",\"uid\":")
        data.writeJSONString(self.sender)
        data.writeStaticString(",\"time\":")
        data.writeDecimal(self.moment.seconds)
        data.writeStaticString(",\"content\":")
        data.writeImmutableBuffer(self.content)
        data.writeStaticString(delivery.isOnline ? ",\"onLine\":1" : ",\"onLine\":0")
        if !delivery.isStored { data.writeStaticString(",\"stored\":false") }
        if let code {
            data.writeStaticString(",\"code\":")
            data.writeDecimal(Int64(code))
        }
        data.writeStaticString("}")
        return data
    }
}

extension ByteBuffer {
    /// Writes one user id, or an array of them.
    mutating func writeRecipients(_ recipients: Recipients) {
        switch recipients {
        case .one(let uid):
            self.writeJSONString(uid)
        case .many(let uids):
            self.writeStaticString("[")
            for (index, uid) in uids.enumerated() {
                if index > 0 { self.writeStaticString(",") }
                self.writeJSONString(uid)
            }
            self.writeStaticString("]")
        }
    }
}
