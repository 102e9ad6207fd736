// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A session store that can be written to: what `push-server token` and the demo users need. A server in production
/// only reads; the applications write.
package protocol SessionIssuer: Sendable {
    /// The stored bytes of a user's login record.
    func record(of uid: String) async throws -> [UInt8]?

    /// Replaces a user's login record; nil removes it.
    func setRecord(_ record: [UInt8]?, of uid: String) async throws
}
