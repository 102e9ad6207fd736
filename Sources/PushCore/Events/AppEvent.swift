// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Something that happened in an app and that its backend may want to hear of.
///
/// Comings and goings are told as they happen, one after the other for each channel and each user. Who hands them on
/// decides which of them were nothing, because whoever left came back.
package struct AppEvent: Sendable, Equatable {
    /// The kinds of events, named as in webhooks.
    package enum Name: String, Sendable, CaseIterable {
        case channelOccupied = "channel_occupied"
        case channelVacated = "channel_vacated"
        case memberAdded = "member_added"
        case memberRemoved = "member_removed"
        case clientEvent = "client_event"
        case cacheMiss = "cache_miss"
        case subscriptionCount = "subscription_count"
        /// A backend has sent an event to a channel.
        case serverEvent = "server_event"
        /// A user of the chat has a terminal, and had none.
        case userOnline = "user_online"
        case userOffline = "user_offline"
        /// A message of the chat's.
        case message
        /// A message of the chat's to somebody who has no terminal.
        case messageOffline = "message_offline"

        /// What is told where nothing is said about it: everything but what a backend did itself.
        package static let toldUnasked = Set(Self.allCases).subtracting([.serverEvent])
    }

    /// What happened.
    package enum Kind: Sendable, Equatable {
        case channelOccupied
        case channelVacated
        /// - Parameter info: raw JSON, where the user's first connection gave any.
        case memberAdded(user: String, info: String?)
        case memberRemoved(user: String)
        /// - Parameters:
        ///   - name: a JSON string with its quotes.
        ///   - data: raw JSON.
        ///   - user: whose event it is, on presence channels.
        case clientEvent(name: ByteBuffer, data: ByteBuffer, socketID: String, user: String?)
        case cacheMiss
        case subscriptionCount(Int)
        /// - Parameter data: a JSON string with its quotes; of an app of workbunny's dialect any raw JSON.
        case serverEvent(name: String, data: ByteBuffer)
        case userOnline(String)
        case userOffline(String)
        /// - Parameter frame: the message as the chat's clients see it: a JSON object.
        case message(recipient: String, frame: ByteBuffer)
        case messageOffline(recipient: String, frame: ByteBuffer)
    }

    /// The id of the app.
    package var app: String
    /// Milliseconds since 1970.
    package var milliseconds: Int64
    /// The channel's name; nil for what happens in the chat.
    package var channel: String?
    package var kind: Kind

    package init(app: String, milliseconds: Int64, channel: String?, kind: Kind) {
        self.app = app
        self.milliseconds = milliseconds
        self.channel = channel
        self.kind = kind
    }

    package var name: Name {
        switch self.kind {
        case .channelOccupied: .channelOccupied
        case .channelVacated: .channelVacated
        case .memberAdded: .memberAdded
        case .memberRemoved: .memberRemoved
        case .clientEvent: .clientEvent
        case .cacheMiss: .cacheMiss
        case .subscriptionCount: .subscriptionCount
        case .serverEvent: .serverEvent
        case .userOnline: .userOnline
        case .userOffline: .userOffline
        case .message: .message
        case .messageOffline: .messageOffline
        }
    }
}
