// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Why the server does not do what an extension asks for.
public struct PushError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: Sendable, Equatable {
        /// No app has this id, or it is disabled.
        case unknownApp
        /// A text is not the name of a channel.
        case invalidChannel
        /// The name or the data of an event is not allowed.
        case invalidEvent
        /// A member of a message is not allowed.
        case invalidMessage
    }

    /// What is wrong.
    public var code: Code
    /// For whoever writes the extension.
    public var message: String

    /// An error with its code and text.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { self.message }
}
