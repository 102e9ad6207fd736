// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// How WebSocket connections behave.
package struct WSServerConfiguration: Sendable, Equatable {
    /// The largest message, over all its fragments, in bytes: content and envelope.
    package var maximumMessageBytes: Int
    /// Bytes that a connection may have unsent after a flush; above, it is closed.
    package var unsentLimit: Int
    /// A path that sends every message back, to loopback peers only; nil where there is none.
    package var echoPath: String?
    /// What may stand before `/app` in the path of a client of channels; empty where nothing may.
    package var pathPrefix: String

    package init(
        maximumMessageBytes: Int = 68 * 1024, unsentLimit: Int = 256 * 1024, echoPath: String? = nil,
        pathPrefix: String = ""
    ) {
        self.maximumMessageBytes = maximumMessageBytes
        self.unsentLimit = unsentLimit
        self.echoPath = echoPath
        self.pathPrefix = pathPrefix
    }
}
