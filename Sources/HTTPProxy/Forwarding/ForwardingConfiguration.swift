// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Which nodes calls are forwarded to, and how long they are waited for.
package struct ForwardingConfiguration: Sendable {
    /// A node, by the address of its UDP port and the secret that it knows this machine by.
    package struct Node: Equatable, Sendable {
        package let host: String
        package let port: Int
        package let secret: String

        package init(host: String, port: Int, secret: String) {
            self.host = host
            self.port = port
            self.secret = secret
        }

        /// Reads `host:port=secret`, an IPv6 address in brackets; nil where a part is missing.
        package init?(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[1].isEmpty, let colon = parts[0].lastIndex(of: ":"),
                let port = UInt16(parts[0][parts[0].index(after: colon)...]), port > 0
            else { return nil }
            var host = parts[0][..<colon]
            if host.hasPrefix("["), host.hasSuffix("]") {
                host = host.dropFirst().dropLast()
            } else if host.contains(":") {
                return nil
            }
            guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else { return nil }
            self.init(host: String(host), port: Int(port), secret: String(parts[1]))
        }
    }

    package var nodes: [Node]
    /// No datagram is larger.
    package var maximumDatagramBytes: Int
    /// How long a node is waited for.
    package var patience: TimeAmount
    /// How much longer where it waits itself, for the message to be safe.
    package var storedPatience: TimeAmount
    /// After which time a datagram is sent again, for the first time; then after twice and four times that, and so on at
    /// this pace.
    package var retryAfter: TimeAmount
    /// How often a node is asked whether it is there.
    package var watchInterval: Duration

    /// The time between two repetitions does not grow beyond this.
    var longestRetry: TimeAmount { .nanoseconds(4 * self.retryAfter.nanoseconds) }

    package init(
        nodes: [Node], maximumDatagramBytes: Int = 60 * 1024, patience: TimeAmount = .seconds(3),
        storedPatience: TimeAmount = .seconds(5), retryAfter: TimeAmount = .milliseconds(100),
        watchInterval: Duration = .seconds(1)
    ) {
        self.nodes = nodes
        self.maximumDatagramBytes = maximumDatagramBytes
        self.patience = patience
        self.storedPatience = storedPatience
        self.retryAfter = retryAfter
        self.watchInterval = watchInterval
    }
}
