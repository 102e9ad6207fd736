// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// An event that a backend sends to channels (HTTP API reference, "POST event"), checked.
package struct TriggerRequest: Sendable {
    /// The most channels of one event.
    package static let maximumChannels = 100
    /// The most events of a batch, as Pusher's callers know it.
    package static let maximumBatch = 10
    /// The most events of a batch of other dialects, whose servers had no limit.
    package static let maximumBatchOfOthers = 100

    package var name: String
    /// 1–100, each of them once; in workbunny's dialect also none.
    package var channels: [ChannelName]
    /// A JSON string with its quotes, as it was written. JSON of any other kind has been made the text of one, except in
    /// workbunny's dialect, whose clients get what the backend wrote.
    package var data: ByteBuffer
    /// The connection that does not get the event.
    package var socketID: SocketID?
    /// What the caller wants to know of the channels.
    package var info: ChannelAttributes
}

extension TriggerRequest {
    /// Reads the body of `POST /apps/{id}/events`. What it leaves out may stand in the query.
    ///
    /// - Parameters:
    ///   - isForm: whether a body that is no JSON is a form.
    ///   - dialect: of the app. What is left out stands in the query in Pusher's alone.
    ///   - maximumDataBytes: the largest `data`.
    /// - Throws: 400, or 413 where the data is too large.
    package init(
        _ body: ByteBuffer, isForm: @autoclosure () -> Bool, query: APIParameters, dialect: Dialect = .pusher,
        maximumDataBytes: Int
    ) throws(APIError) {
        var fields = TriggerFields(dialect: dialect)
        if body.readableBytesView.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
            try body.withUnsafeReadableBytes { (text) throws(APIError) in
                try fields.read(text, JSONScanner())
            }
        } else if body.readableBytes == 0 || isForm() {
            guard let form = String(validating: body.readableBytesView, as: UTF8.self) else {
                throw .badRequest("the body is not UTF-8")
            }
            fields.fill(from: try APIParameters(form))
        } else {
            throw .badRequest("the body must be a JSON object")
        }
        if dialect == .pusher { fields.fill(from: query) }
        self = try fields.request(maximumDataBytes: maximumDataBytes)
    }

    /// Reads the body of `POST /apps/{id}/batch_events`: all of its events, or none.
    ///
    /// - Parameter dialect: of the app.
    /// - Returns: events with one channel each.
    /// - Throws: 400, or 413 where the data of an event is too large.
    package static func batch(
        _ body: ByteBuffer, dialect: Dialect = .pusher, maximumDataBytes: Int
    ) throws(APIError) -> [TriggerRequest] {
        try body.withUnsafeReadableBytes { (text) throws(APIError) in
            let scanner = JSONScanner()
            guard try TriggerFields.scan(text, scanner).kind == .object,
                let batch = scanner.members.value(.batch), batch.kind == .array
            else { throw .badRequest("the body must be a JSON object with an array batch", reason: .noBatch) }
            let array = UnsafeRawBufferPointer(rebasing: text[batch.range])
            _ = try TriggerFields.scan(array, scanner)
            let elements = scanner.elements
            let maximum = dialect == .pusher ? Self.maximumBatch : Self.maximumBatchOfOthers
            guard elements.count <= maximum else {
                throw .badRequest("a batch holds \(maximum) events at most, not \(elements.count)")
            }
            var requests: [TriggerRequest] = []
            for element in elements {
                var fields = TriggerFields(dialect: dialect)
                try fields.read(UnsafeRawBufferPointer(rebasing: array[element.range]), scanner)
                let request = try fields.request(maximumDataBytes: maximumDataBytes)
                guard request.channels.count == 1 else { throw .badRequest("an event of a batch has one channel") }
                requests.append(request)
            }
            return requests
        }
    }

    /// Reads a call of the deprecated `POST /apps/{id}/channels/{channel}/events`: its body is the data.
    ///
    /// - Throws: 400, or 413 where the data is too large.
    package init(
        _ body: ByteBuffer, to channel: ChannelName, query: APIParameters, dialect: Dialect = .pusher,
        maximumDataBytes: Int
    ) throws(APIError) {
        guard let data = String(validating: body.readableBytesView, as: UTF8.self) else {
            throw .badRequest("the body is not UTF-8")
        }
        var fields = TriggerFields(dialect: dialect)
        fields.data = .text(data)
        fields.channels = [channel.text]
        fields.name = query["name"]
        fields.socketID = query["socket_id"]
        self = try fields.request(maximumDataBytes: maximumDataBytes)
    }
}

extension MemberName {
    fileprivate static let batch = MemberName("batch")
}
