// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Another system that knows apps. The server asks it for those that its file does not have, keeps what it says for a
/// while (`apps.cacheTime`), and goes on with what it has where the store fails.
public protocol AppStore: Sendable {
    /// The app of a key that a client has named; nil where there is none.
    ///
    /// - Throws: where that cannot be known now.
    func app(key: String) async throws -> AppDescription?

    /// The app of an id that a backend has named; nil where there is none.
    ///
    /// - Throws: where that cannot be known now.
    func app(id: String) async throws -> AppDescription?
}
