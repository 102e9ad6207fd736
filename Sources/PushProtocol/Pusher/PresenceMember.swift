// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A user who subscribes to a presence channel, as the app describes it in `channel_data`.
package struct PresenceMember: Equatable, Sendable {
    /// The longest id, in characters of Unicode.
    package static let maximumIDLength = 128
    /// The largest `user_info`, in bytes.
    package static let maximumInfoBytes = 2048

    /// A number became its text.
    package let id: String
    /// Raw JSON, as it was signed; nil where there is none, or null.
    package let info: String?

    /// A member whose id and information are known to be good.
    package init(id: String, info: String?) {
        self.id = id
        self.info = info
    }

    /// Reads the text that was signed.
    ///
    /// - Parameter scanner: a scanner that may be used; what it held is lost.
    package init(channelData: String, scanner: JSONScanner) throws(PusherClientFrame.Refusal) {
        self = try scanner.withObject(channelData, "channel_data") { (text) throws(PusherClientFrame.Refusal) in
            try PresenceMember(scanner.members, in: text)
        }
    }

    private init(
        _ members: ContiguousArray<JSONMember>, in text: UnsafeRawBufferPointer
    ) throws(PusherClientFrame.Refusal) {
        guard let id = members.value(.userID).flatMap({ Self.id($0, in: text) }),
            1...Self.maximumIDLength ~= id.unicodeScalars.count
        else {
            throw PusherClientFrame.Refusal(
                "channel_data.user_id must be a number, or a string of 1-\(Self.maximumIDLength) characters"
            )
        }
        let info = members.info(in: text)
        guard info?.utf8.count ?? 0 <= Self.maximumInfoBytes else {
            throw PusherClientFrame.Refusal(
                "channel_data.user_info is larger than \(Self.maximumInfoBytes) bytes"
            )
        }
        self.id = id
        self.info = info
    }

    private static func id(_ value: JSONValue, in text: UnsafeRawBufferPointer) -> String? {
        // As it is written: a number may have more digits than any type of ours.
        value.kind == .number ? text.text(of: value) : JSONText.string(value, in: text)
    }
}

extension ContiguousArray<JSONMember> {
    /// The raw JSON of `user_info`; nil where it is missing or null.
    func info(in text: UnsafeRawBufferPointer) -> String? {
        self.value(.userInfo).flatMap { $0.kind == .null ? nil : text.text(of: $0) }
    }
}

extension UnsafeRawBufferPointer {
    /// The raw JSON of a value that was scanned in these bytes.
    fileprivate func text(of value: JSONValue) -> String {
        String(decoding: UnsafeRawBufferPointer(rebasing: self[value.range]), as: UTF8.self)
    }
}
