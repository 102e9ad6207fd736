// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Why something that was asked of a server was not done.
///
/// A call whose task was cancelled throws `CancellationError` instead.
public struct PushClientError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is. More kinds may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Base: String {
            case connection, refused, timeout, malformed, closed
        }

        private let base: Base

        /// The server cannot be reached, or the connection broke. It may work later.
        public static let connection = Code(base: .connection)
        /// The server does not want it. ``PushClientError/status`` says more.
        public static let refused = Code(base: .refused)
        /// The server did not answer in time. What was asked for may have been done.
        public static let timeout = Code(base: .timeout)
        /// The server, or the caller, said something that makes no sense.
        public static let malformed = Code(base: .malformed)
        /// The client is not connected, and does not try to be.
        public static let closed = Code(base: .closed)

        /// The name of the kind.
        public var description: String { self.base.rawValue }
    }

    /// What kind of failure it is.
    public var code: Code
    /// For whoever reads a log. It may quote the server, cut at 1,024 bytes.
    public var message: String
    /// The server's number for it: the status of an HTTP answer, the code of an error frame, or that of a close frame.
    public var status: Int?
    /// How long the server asks to wait before another attempt.
    public var retryAfter: Duration?

    /// An error, for authorizers of your own too.
    public init(code: Code, message: String, status: Int? = nil, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.status = status
        self.retryAfter = retryAfter
    }

    /// Kind, number and message.
    public var description: String {
        self.status.map { "\(self.code) (\($0)): \(self.message)" } ?? "\(self.code): \(self.message)"
    }
}

extension PushClientError {
    /// What a server said of a refusal, cut: it is not trusted to be brief.
    static func quote(_ text: String) -> String {
        text.utf8.count <= 1024 ? text : String(decoding: text.utf8.prefix(1024), as: UTF8.self) + "…"
    }

    /// Any error as one of these, but for the end of a task.
    static func wrapping(_ error: any Error) -> PushClientError {
        error as? PushClientError ?? PushClientError(code: .connection, message: self.quote("\(error)"))
    }
}
