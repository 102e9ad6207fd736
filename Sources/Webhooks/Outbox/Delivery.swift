// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// An event on its way to one receiver.
package struct Delivery: Equatable, Sendable {
    /// Grows with the events of a receiver; what an operator names it by once it is a dead letter.
    package var id: Int64
    package var event: WebhookEvent

    package init(id: Int64, event: WebhookEvent) {
        self.id = id
        self.event = event
    }
}

/// An event that its receiver did not take in time.
package struct DeadLetter: Equatable, Sendable {
    package var delivery: Delivery
    package var endpoint: EndpointName
    /// When it was given up, in milliseconds since 1970.
    package var milliseconds: Int64
    /// Why the last try failed.
    package var reason: String
}
