// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Events that a server tells a backend of, by a call to a URL of the backend's.
///
/// ```swift
/// let webhook = try Webhook(
///     verifying: body, key: headers["X-Pusher-Key"], signature: headers["X-Pusher-Signature"], apps: [app])
/// for event in webhook.events where event.name == "channel_vacated" { … }
/// ```
public struct Webhook: Sendable, Hashable {
    /// One thing that happened.
    public struct Event: Sendable, Hashable {
        /// `channel_occupied`, `channel_vacated`, `member_added`, `member_removed`, `client_event`, `cache_miss`,
        /// `subscription_count`, or another that the server has.
        public var name: String
        /// All members but the name; texts as they are, everything else as its JSON.
        public var members: [String: String]

        /// Which channel it is about, if any.
        public var channel: String? { self.members["channel"] }
        /// Which user it is about, if any.
        public var userID: String? { self.members["user_id"] }
        /// Which connection sent a client event.
        public var socketID: String? { self.members["socket_id"] }
        /// The name of a client event.
        public var event: String? { self.members["event"] }
        /// The data of a client event.
        public var data: String? { self.members["data"] }
        /// Names this event. Delivery is at least once: who has seen an id skips it.
        public var id: String? { self.members["id"] }
    }

    /// The key of the app that it is about.
    public let key: String
    /// When it was sent: milliseconds since 1970.
    public let milliseconds: Int
    /// What happened, in order. Elements that make no sense are left out.
    public let events: [Event]

    /// Checks and reads a call.
    ///
    /// - Parameters:
    ///   - body: as received, byte for byte. Who receives it bounds it.
    ///   - key: the header `X-Pusher-Key`.
    ///   - signature: the header `X-Pusher-Signature`.
    ///   - apps: those it may be about. Two with one key serve while a secret is changed.
    ///   - maximumAge: how far its time may be from this machine's; nil is any.
    /// - Throws: ``PushClientError``: `refused` where the signature or the time is wrong, `malformed` where a body that is
    ///   signed makes no sense.
    public init(
        verifying body: some Collection<UInt8>, key: String?, signature: String?, apps: [AppCredentials],
        maximumAge: Duration? = .seconds(300)
    ) throws(PushClientError) {
        try self.init(
            verifying: body, key: key, signature: signature, apps: apps, maximumAge: maximumAge,
            now: SystemTime.milliseconds)
    }

    init(
        verifying body: some Collection<UInt8>, key: String?, signature: String?, apps: [AppCredentials],
        maximumAge: Duration?, now: Int
    ) throws(PushClientError) {
        guard let key, let signature, apps.contains(where: { $0.key == key && $0.isSignature(signature, of: body) })
        else { throw PushClientError(code: .refused, message: "the webhook's signature is wrong") }
        guard let object = JSONValue(body)?.object, let milliseconds = object["time_ms"]?.integer,
            let events = object["events"]?.array
        else { throw PushClientError(code: .malformed, message: "the webhook has no time_ms or no events") }
        if let maximumAge {
            let age = Duration.milliseconds(now.subtractingReportingOverflow(milliseconds).partialValue)
            guard age <= maximumAge, .zero - age <= maximumAge else {
                throw PushClientError(code: .refused, message: "the webhook's time is too far from now")
            }
        }
        self.key = key
        self.milliseconds = milliseconds
        self.events = events.compactMap { event in
            guard var members = event.object, let name = members.removeValue(forKey: "name")?.string else { return nil }
            return Event(name: name, members: members.mapValues(\.content))
        }
    }
}
