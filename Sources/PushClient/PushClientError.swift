// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Why something that was asked of a server was not done.
public struct PushClientError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Code: Sendable, Equatable {
        /// The server cannot be reached, or the connection broke.
        case connection
        /// The server does not want it.
        case refused
        /// The server did not answer in time.
        case timeout
        /// The server, or the caller, said something that makes no sense.
        case malformed
    }

    public var code: Code
    /// For whoever reads a log.
    public var message: String

    public init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(self.code): \(self.message)" }
}
