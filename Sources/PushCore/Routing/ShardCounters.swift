// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What one shard has counted since the start: plain integers, touched only on its loop, added up when somebody asks.
package struct ShardCounters: Sendable {
    package var sessionsOpened = 0
    package var sessionsClosed = 0
    package var loginsAccepted = 0
    package var loginsRefused = 0
    package var loginsUnavailable = 0
    package var loginsEnded = 0
    package var sessionsReplaced = 0
    package var framesReceived = 0
    package var bytesReceived = 0
    package var framesRefused = 0
    package var messagesRouted = 0
    package var messagesRefused = 0
    package var messagesDuplicate = 0
    package var messagesNotArchived = 0
    package var messagesReplayed = 0
    package var replaysPostponed = 0
    package var eventsRouted = 0
    package var deliveries = 0
    package var flushes = 0
    package var bytesSent = 0
    package var slowConsumersClosed = 0
    package var abusersClosed = 0
    package var silentClosed = 0
    package var protocolViolations = 0
    package var datagramsReceived = 0
    package var datagramsRefused = 0
    package var datagramsFromStrangers = 0
    package var datagramsTooLarge = 0
    package var secretsWrong = 0
    package var signaturesWrong = 0
    package var timestampsRefused = 0
    package var noncesRepeated = 0
    package var noncesRefused = 0
    package var commandsDone = 0

    package init() {}

    /// Adds another shard's counts.
    package static func += (left: inout ShardCounters, right: ShardCounters) {
        for field in self.fields { left[keyPath: field.path] += right[keyPath: field.path] }
    }

    /// Every counter with the name and the help text of its metric.
    package static let fields:
        [(path: any WritableKeyPath<ShardCounters, Int> & Sendable, name: String, help: String)] = [
            (\.sessionsOpened, "push_ws_sessions_opened_total", "WebSocket sessions opened."),
            (\.sessionsClosed, "push_ws_sessions_closed_total", "WebSocket sessions closed."),
            (\.loginsAccepted, "push_chat_logins_accepted_total", "Logins accepted."),
            (
                \.loginsRefused, "push_chat_logins_refused_total",
                "Logins refused: bad, unknown, expired or missing token."
            ),
            (\.loginsUnavailable, "push_chat_logins_unavailable_total", "Logins that could not be checked."),
            (\.loginsEnded, "push_chat_logins_ended_total", "Open logins that were revoked, changed or had expired."),
            (\.sessionsReplaced, "push_chat_sessions_replaced_total", "Sessions replaced by another login, or kicked."),
            (\.framesReceived, "push_ws_frames_received_total", "Messages received from clients."),
            (\.bytesReceived, "push_ws_received_bytes_total", "Bytes received from clients."),
            (\.framesRefused, "push_chat_frames_refused_total", "Client frames answered with an error."),
            (\.messagesRouted, "push_chat_messages_total", "Messages routed."),
            (\.messagesRefused, "push_chat_messages_refused_total", "Messages refused because the archive was full."),
            (
                \.messagesDuplicate, "push_chat_messages_duplicate_total",
                "Repeated messages answered and not sent again."
            ),
            (
                \.messagesNotArchived, "push_archive_lost_total",
                "Rows delivered, or due to be, and not archived: queue full."
            ),
            (
                \.messagesReplayed, "push_chat_messages_replayed_total",
                "Messages sent to terminals that had missed them."
            ),
            (
                \.replaysPostponed, "push_chat_replays_postponed_total",
                "Replays put off because the archive could not be read."
            ),
            (\.eventsRouted, "push_channel_events_total", "Events routed to channels, once for each channel."),
            (\.deliveries, "push_ws_deliveries_total", "Frames, or runs of frames, handed to sessions."),
            (\.flushes, "push_ws_flushes_total", "Flushes of a session's socket."),
            (\.bytesSent, "push_ws_sent_bytes_total", "Bytes written to clients."),
            (
                \.slowConsumersClosed, "push_ws_slow_consumers_closed_total",
                "Sessions closed because they did not read."
            ),
            (
                \.abusersClosed, "push_ws_abusers_closed_total",
                "Sessions closed because they sent too fast for too long."
            ),
            (\.silentClosed, "push_ws_silent_closed_total", "Sessions closed without a sign of life."),
            (\.protocolViolations, "push_ws_protocol_violations_total", "Connections closed for breaking RFC 6455."),
            (\.datagramsReceived, "push_udp_datagrams_total", "Datagrams received."),
            (\.datagramsRefused, "push_udp_refused_total", "Datagrams and commands refused, for any reason."),
            (\.datagramsFromStrangers, "push_udp_refused_address_total", "Datagrams refused by their address."),
            (\.datagramsTooLarge, "push_udp_refused_size_total", "Datagrams refused by their size."),
            (\.secretsWrong, "push_udp_refused_secret_total", "Commands refused by their secret."),
            (
                \.signaturesWrong, "push_udp_refused_signature_total",
                "Signed datagrams refused: unknown key, or another signature."
            ),
            (
                \.timestampsRefused, "push_udp_refused_time_total",
                "Signed datagrams refused: not of this minute, or from before the start."
            ),
            (\.noncesRepeated, "push_udp_refused_nonce_total", "Signed datagrams refused: the nonce was used before."),
            (
                \.noncesRefused, "push_udp_refused_nonces_full_total",
                "Signed datagrams refused: no more nonces can be remembered."
            ),
            (\.commandsDone, "push_udp_commands_total", "Commands carried out."),
        ]
}
