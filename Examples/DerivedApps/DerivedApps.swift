// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

public import PushExtensions

/// An app for every tenant of an installation: the tenant's number is the app's id, `tenant-` and the number its key, and
/// the secret is made from both by whatever the installation makes secrets with. Nobody has to keep a file.
public struct DerivedApps: AppStore {
    private static let prefix = "tenant-"

    private let secret: @Sendable (String) async throws -> String?

    /// - Parameter secret: the secret of a tenant; nil where there is no such tenant.
    public init(secret: @escaping @Sendable (_ tenant: String) async throws -> String?) {
        self.secret = secret
    }

    /// The app of a key that is a tenant's.
    public func app(key: String) async throws -> AppDescription? {
        guard key.hasPrefix(Self.prefix) else { return nil }
        return try await self.app(id: String(key.dropFirst(Self.prefix.count)))
    }

    /// The app of a tenant.
    public func app(id: String) async throws -> AppDescription? {
        guard let secret = try await self.secret(id) else { return nil }
        return AppDescription(id: id, key: Self.prefix + id, secret: secret, allowsClientEvents: true)
    }
}
