// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import PushProtocol

/// What there is to say of a channel in the dialects of PHP's servers: an object whose counts are numbers, each of them there
/// if it was asked for.
struct DescribedChannel {
    private let counts: ChannelCounts
    private let isOccupied: Bool?
    private let hasType: Bool

    /// - Parameters:
    ///   - isOccupied: nil where that is not told.
    ///   - hasType: whether the kind of the channel is told, as workbunny does.
    init(_ counts: ChannelCounts, isOccupied: Bool? = nil, hasType: Bool) {
        self.counts = counts
        self.isOccupied = isOccupied
        self.hasType = hasType
    }

    fileprivate var json: String {
        let members: [String?] = [
            self.isOccupied.map { "\"occupied\":\($0)" },
            self.hasType ? "\"type\":\"\(self.counts.channel.kind.workbunnyName)\"" : nil,
            self.counts.subscriptions.map { "\"subscription_count\":\($0)" },
            self.counts.users.map { "\"user_count\":\($0)" },
        ]
        return "{\(members.compactMap { $0 }.joined(separator: ","))}"
    }
}

extension ChannelName.Kind {
    /// How workbunny calls it.
    fileprivate var workbunnyName: String {
        switch self {
        case .public: "public"
        case .private, .encrypted, .serverToUser: "private"
        case .presence: "presence"
        }
    }
}

extension ByteBuffer {
    /// Writes an object of a channel.
    mutating func writeDescription(_ channel: DescribedChannel) {
        self.writeString(channel.json)
    }

    /// Writes `{"channels":{…}}`.
    ///
    /// - Parameter channels: no two of them the same.
    mutating func writeDescriptions(_ channels: [ChannelCounts], haveType: Bool) {
        self.writeStaticString("{\"channels\":{")
        for (index, counts) in channels.enumerated() {
            if index > 0 { self.writeStaticString(",") }
            self.writeJSONString(counts.channel.text)
            self.writeStaticString(":")
            self.writeDescription(DescribedChannel(counts, hasType: haveType))
        }
        self.writeStaticString("}}")
    }
}
