// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Where the Redis server is, how to log in, and every limit of the client.
///
/// A description of it, of any kind, never holds the password.
package struct RedisConfiguration: Sendable, Equatable {
    /// A host name or an IP address.
    package var host: String
    /// 1 to 65535.
    package var port: Int
    /// The ACL user; `nil` is Redis's default user.
    package var user: String?
    /// `nil` sends no AUTH.
    package var password: String?
    /// The number of the database; 0 sends no SELECT.
    package var database: Int
    /// What `CLIENT LIST` shows for this connection: printable ASCII without a space. `nil` sends no CLIENT SETNAME.
    package var clientName: String?

    /// How long one attempt to connect may take, resolving the name included.
    package var connectTimeout: TimeAmount = .seconds(5)
    /// How long the replies of one batch, or of the handshake, may take before the connection is given up.
    package var commandTimeout: TimeAmount = .seconds(5)
    /// The pause before the first attempt to reconnect. Doubles with every attempt that fails.
    package var minimumBackoff: TimeAmount = .milliseconds(100)
    /// The longest pause between two attempts.
    package var maximumBackoff: TimeAmount = .seconds(10)
    /// How many commands may wait for their replies. More are refused at once, and so is every larger batch.
    package var maxPendingCommands: Int = 100_000
    /// How many encoded bytes the waiting commands may have together, at most 1 GiB. More are refused at once, and so
    /// is every larger batch.
    package var maxPendingBytes: Int = 64 << 20
    /// How many bytes one reply may have before the connection is given up.
    package var maxReplyBytes: Int = 64 << 20

    /// A server and a login, with the default limits. Not checked: see `validate()`.
    package init(
        host: String = "127.0.0.1",
        port: Int = 6379,
        user: String? = nil,
        password: String? = nil,
        database: Int = 0,
        clientName: String? = nil
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.password = password
        self.database = database
        self.clientName = clientName
    }
}

extension RedisConfiguration {
    /// Checks every setting.
    ///
    /// - Throws: `RedisError` of code `invalidConfiguration` that names the first setting which cannot be used.
    package func validate() throws(RedisError) {
        let rules: [(holds: Bool, message: String)] = [
            (!self.host.isEmpty, "the host is empty"),
            (self.host.utf8.allSatisfy(Self.isVisible), "the host holds a character that no host has"),
            ((1...65535).contains(self.port), "the port is not a number from 1 to 65535"),
            (self.user == nil || self.password != nil, "there is a user but no password"),
            (self.database >= 0, "the database is not a number from 0 up"),
            (self.clientName?.isEmpty != true, "the client name is empty"),
            (
                self.clientName?.utf8.allSatisfy(Self.isVisible) != false,
                "the client name holds a space or a character that is not printable ASCII"
            ),
            (self.connectTimeout > .zero, "the connect timeout is not positive"),
            (self.commandTimeout > .zero, "the command timeout is not positive"),
            (self.minimumBackoff > .zero, "the minimum backoff is not positive"),
            (self.maximumBackoff >= self.minimumBackoff, "the maximum backoff is less than the minimum"),
            (self.maxPendingCommands > 0, "the number of pending commands is not positive"),
            ((1...(1 << 30)).contains(self.maxPendingBytes), "the pending bytes are not from 1 to 1 GiB"),
            (self.maxReplyBytes > 0, "the reply size is not positive"),
        ]
        if let broken = rules.first(where: { !$0.holds }) {
            throw RedisError(.invalidConfiguration, broken.message)
        }
    }

    private static func isVisible(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }
}

extension RedisConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        let login = self.password == nil ? "" : "\(self.user ?? ""):***@"
        return "redis://\(login)\(self.host):\(self.port)/\(self.database)"
    }

    package var debugDescription: String { self.description }

    // Without this `dump` and the mirrors of a failing test would show the password.
    package var customMirror: Mirror { Mirror(self, children: ["url": self.description]) }
}
