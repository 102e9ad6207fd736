// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

public import PushExtensions
internal import Synchronization

/// Polls: `poll.vote` counts a vote for the channel that it names and tells everybody there how it stands, `poll.result`
/// tells only who asks.
///
///     {"event":"poll.vote","channel":"poll-1","data":"yes"}
public final class Polls: ClientEventHandler {
    /// The most channels with a poll, and the most answers of one.
    private static let maximum = 1000

    /// Votes by channel and answer. Of all loops, so it has a lock.
    private let votes = Mutex<[String: [String: Int]]>([:])

    /// No votes yet.
    public init() {}

    /// Both events of a poll.
    public let names: Set<String> = ["poll.vote", "poll.result"]

    /// Counts a vote, or tells how things stand.
    public func handle(_ event: ClientEvent, on server: any ServerContext) throws(ClientEventRefusal) {
        guard let channel = event.channel, event.isSubscribed, let app = event.connection.app else {
            throw ClientEventRefusal("a poll needs a subscription to its channel")
        }
        // Channels of two apps may have the same name.
        let poll = "\(app)/\(channel)"
        if event.name == "poll.result" {
            let result = self.votes.withLock { $0[poll] ?? [:] }
            return server.send(
                PushEvent(name: "poll.result", data: Self.text(result)), channel: channel, to: event.connection)
        }
        let answer = event.data
        guard answer.hasPrefix("\""), answer.utf8.count <= 34 else {
            throw ClientEventRefusal("a vote is a string of at most 32 bytes")
        }
        let result = self.votes.withLock { votes -> [String: Int]? in
            guard votes[poll] != nil || votes.count < Self.maximum else { return nil }
            guard votes[poll]?[answer] != nil || votes[poll]?.count ?? 0 < Self.maximum else { return nil }
            votes[poll, default: [:]][answer, default: 0] += 1
            return votes[poll]
        }
        guard let result else { throw ClientEventRefusal("there are too many polls") }
        // The app and the channel are the connection's own: there is nothing to refuse, but a name that is no channel's.
        try? server.publish(PushEvent(name: "poll.result", data: Self.text(result)), to: channel, app: app)
    }

    /// An object of answers, which are JSON strings already.
    private static func text(_ result: [String: Int]) -> String {
        "{" + result.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ",") + "}"
    }
}
