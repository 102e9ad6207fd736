// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What has to be known in one place of a channel, or of a user: the shard to which the hash of its name points is its
/// home. Confined to the loop of that shard.
///
/// Whoever joins is admitted here, and told by a letter; what is told to the subscribers about it is sent from here as
/// well. Letters keep their order, so a subscriber sees a picture of the channel and then every change to it.
final class ChannelHome {
    var presence: [Topic: PresenceMembers] = [:]
    var cache = EventCache()
    /// Channels whose subscribers hear how many they are.
    var counts: [Topic: SubscriptionCount] = [:]
    /// Users of whom their watchers have heard that they are online.
    var online: Set<Topic> = []
    /// Channels whose count is told a little later.
    var dueCounts: Set<Topic> = []
    /// Channels and users of the chat of which backends have heard that somebody is there.
    var told: Set<Topic> = []
    var cacheMisses = CacheMisses()
}

@available(*, unavailable)
extension ChannelHome: Sendable {}
