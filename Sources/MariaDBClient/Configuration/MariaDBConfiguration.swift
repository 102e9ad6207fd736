// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Where the server is, who we are, and how long to wait for it.
package struct MariaDBConfiguration: Sendable, Equatable {
    /// When a connection is encrypted.
    ///
    /// The certificate is checked in none of these: libmariadb does not unless told to, so `required` keeps out who
    /// listens, not who stands in between.
    package enum TLS: String, Sendable, CaseIterable {
        /// Never; what libmariadb does by default.
        case off
        /// When the server offers it, in the clear otherwise.
        case preferred
        /// Always. libmariadb itself goes on in the clear with a server that offers no TLS, so the session is checked
        /// after the login and refused then; the password has not crossed the wire, its challenge response has.
        case required
    }

    /// A name or an address, without brackets. Always reached by TCP, `localhost` too.
    package var host: String
    /// 1–65535.
    package var port: UInt16
    /// A unix socket, used instead of host and port.
    package var socketPath: String?
    package var user: String
    package var password: String
    package var database: String
    package var tls: TLS = .off

    /// For the TCP connect and the login, each; name resolution has its own limits. Counted in whole seconds,
    /// rounded up, at least one.
    package var connectTimeout: Duration = .seconds(5)
    /// For each wait for an answer; what exceeds it is a lost connection. Whole seconds, as above.
    package var readTimeout: Duration = .seconds(30)
    /// For each wait to send. Whole seconds, as above.
    package var writeTimeout: Duration = .seconds(30)
    /// Whether batches use MariaDB's bulk protocol where the server has it; false forces multi-row statements.
    package var usesBulkProtocol = true

    /// Defaults for all that is not given.
    package init(
        host: String,
        port: UInt16 = 3306,
        socketPath: String? = nil,
        user: String,
        password: String,
        database: String
    ) {
        self.host = host
        self.port = port
        self.socketPath = socketPath
        self.user = user
        self.password = password
        self.database = database
    }
}

extension MariaDBConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address without the password.
    package var description: String {
        let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        return "mysql://\(user)@\(socketPath ?? address)/\(database)"
    }

    package var debugDescription: String { description }

    /// Keeps the password out of `dump` and test failures.
    package var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}
