// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import PushProtocol

/// How many there are in a channel, as far as that was asked.
struct ChannelCounts: Sendable {
    let channel: ChannelName
    var users: Int?
    var subscriptions: Int?

    init(_ channel: ChannelName, subscriptions: Int?) {
        self.channel = channel
        self.subscriptions = subscriptions
    }
}

extension Hub {
    /// Counts who is in channels.
    ///
    /// - Parameters:
    ///   - questions: channels with what is to be counted of each.
    ///   - shard: the shard that the caller runs on.
    /// - Returns: the counts, in the order of the questions.
    func counts(
        _ questions: [(channel: ChannelName, attributes: ChannelAttributes)], in app: App, from shard: Shard
    ) -> EventLoopFuture<[ChannelCounts]> {
        let counts = questions.map { question in
            ChannelCounts(
                question.channel,
                subscriptions: question.attributes.contains(.subscriptionCount)
                    ? self.subscriptionCount(of: question.channel, in: app) : nil
            )
        }
        let indices = questions.indices.filter { questions[$0].attributes.contains(.userCount) }
        guard !indices.isEmpty else { return shard.loop.makeSucceededFuture(counts) }
        return self.userCounts(of: indices.map { questions[$0].channel }, in: app, from: shard).map { users in
            var counts = counts
            for (index, users) in zip(indices, users) { counts[index].users = users }
            return counts
        }
    }
}

extension ByteBuffer {
    /// Writes `{"channels":{…}}`.
    ///
    /// - Parameter channels: no two of them the same.
    mutating func writeChannels(_ channels: some Sequence<ChannelCounts>) {
        self.writeStaticString("{\"channels\":{")
        var isFirst = true
        for counts in channels {
            if !isFirst { self.writeStaticString(",") }
            isFirst = false
            self.writeJSONString(counts.channel.text)
            self.writeStaticString(":{")
            self.writeMembers(counts)
            self.writeStaticString("}")
        }
        self.writeStaticString("}}")
    }

    /// Writes the members of the object that a channel's counts are.
    mutating func writeMembers(_ counts: ChannelCounts) {
        if let users = counts.users {
            self.writeStaticString("\"user_count\":")
            self.writeDecimal(Int64(users))
        }
        if let subscriptions = counts.subscriptions {
            self.writeStaticString(counts.users == nil ? "\"subscription_count\":" : ",\"subscription_count\":")
            self.writeDecimal(Int64(subscriptions))
        }
    }
}
