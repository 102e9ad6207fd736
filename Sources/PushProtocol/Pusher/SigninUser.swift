// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A user who signs in, as the app describes it in `user_data`.
package struct SigninUser: Equatable, Sendable {
    /// Such that ``ChannelName/serverToUser(_:)`` has a name for it.
    package let id: String
    /// Raw JSON, as it was signed; nil where there is none, or null.
    package let info: String?
    /// The ids of the users whose coming and going this one wants to know, each once. As many as were signed: the limit
    /// is the caller's.
    package let watchlist: [String]

    /// A user who is known otherwise.
    package init(id: String) {
        self.id = id
        self.info = nil
        self.watchlist = []
    }

    /// Reads the text that was signed.
    ///
    /// - Parameter scanner: a scanner that may be used; what it held is lost.
    package init(userData: String, scanner: JSONScanner) throws(PusherClientFrame.Refusal) {
        self = try scanner.withObject(userData, "user_data") { (text) throws(PusherClientFrame.Refusal) in
            try SigninUser(text, scanner: scanner)
        }
    }

    /// - Parameter text: what the scanner's members were scanned in.
    private init(
        _ text: UnsafeRawBufferPointer, scanner: JSONScanner
    ) throws(PusherClientFrame.Refusal) {
        guard let id = scanner.members.string(.id, in: text), ChannelName.serverToUser(id) != nil else {
            throw PusherClientFrame.Refusal(
                "user_data.id must be a string of 1-\(ChannelName.maximumBytes) of A-Z a-z 0-9 _ - = @ , . ;"
            )
        }
        self.id = id
        self.info = scanner.members.info(in: text)
        self.watchlist =
            if let value = scanner.members.value(.watchlist), value.kind != .null {
                try Self.ids(value, in: text, scanner: scanner)
            } else {
                []
            }
    }

    private static func ids(
        _ value: JSONValue, in text: UnsafeRawBufferPointer, scanner: JSONScanner
    ) throws(PusherClientFrame.Refusal) -> [String] {
        let refusal = PusherClientFrame.Refusal("user_data.watchlist must be an array of user ids")
        guard value.kind == .array else { throw refusal }
        let list = UnsafeRawBufferPointer(rebasing: text[value.range])
        do { _ = try scanner.scan(list) } catch { throw refusal }
        var ids: [String] = []
        var seen: Set<String> = []
        for element in scanner.elements {
            guard let id = JSONText.identifier(element, in: list) else { throw refusal }
            if seen.insert(id).inserted { ids.append(id) }
        }
        return ids
    }
}
