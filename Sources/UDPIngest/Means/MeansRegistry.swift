// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// The commands that datagrams may ask for, by name.
package struct MeansRegistry: Sendable {
    /// The commands of the chat protocol.
    package static let standard: [any Means] = [
        ToUser(), ToUsers(), ToSession(), ToSessions(), ToChannel(), IsOnline(), Kick(),
    ]

    private var byName: [String: any Means] = [:]

    /// - Parameter further: the application's own; one that has a standard command's name takes its place.
    package init(further: [any Means] = []) {
        for means in Self.standard + further {
            for name in means.names { self.byName[name] = means }
        }
    }

    /// The command of a name.
    package subscript(_ name: String) -> (any Means)? { self.byName[name] }
}
