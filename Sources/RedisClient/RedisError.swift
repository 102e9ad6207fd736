// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What went wrong between this process and the Redis server.
///
/// An error *reply* of the server is not one of these: it is a `RedisValue.error`.
package struct RedisError: Error, Sendable {
    /// What kind of failure it was.
    package let code: Code
    /// What happened, in words for an operator. Holds no secret and no payload.
    package let message: String
    /// The error of a lower layer that led to this one.
    package let underlying: (any Error)?

    /// An error in words that hold no secret and no payload.
    package init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }
}

extension RedisError {
    /// The kinds of failure. More may be added.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case invalidConfiguration, notConnected, overloaded, connectionLost
            case connectFailed, handshakeRefused, commandTimedOut, protocolViolation
        }

        private let kind: Kind

        /// A URL or a setting that cannot be used.
        package static let invalidConfiguration = Code(kind: .invalidConfiguration)
        /// There is no connection, so nothing was sent.
        package static let notConnected = Code(kind: .notConnected)
        /// Too many commands or bytes wait for replies already, so nothing was sent.
        package static let overloaded = Code(kind: .overloaded)
        /// The connection ended before the reply came: the server may or may not have done the work.
        package static let connectionLost = Code(kind: .connectionLost)
        /// No connection could be opened.
        package static let connectFailed = Code(kind: .connectFailed)
        /// The server refused AUTH, SELECT or the first PING.
        package static let handshakeRefused = Code(kind: .handshakeRefused)
        /// The server did not answer in time, so the connection was given up.
        package static let commandTimedOut = Code(kind: .commandTimedOut)
        /// The server sent what is not RESP2, is too large, or was not asked for.
        package static let protocolViolation = Code(kind: .protocolViolation)

        package var description: String { self.kind.rawValue }
    }
}

extension RedisError: CustomStringConvertible {
    package var description: String {
        guard let underlying = self.underlying else { return "\(self.code): \(self.message)" }
        return "\(self.code): \(self.message) (\(underlying))"
    }
}
