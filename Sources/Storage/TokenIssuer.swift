// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import NIOCore
package import PushProtocol

/// Issues and revokes access tokens in a session store. What else a login record holds stays as it is, in the form that
/// it had.
package struct TokenIssuer: Sendable {
    private let store: any SessionIssuer
    private let format: PHPValue.Format

    /// - Parameter format: of a record that is new.
    package init(store: any SessionIssuer, format: PHPValue.Format = .json) {
        self.store = store
        self.format = format
    }

    /// Issues a token for a terminal, in the place of the one it had.
    ///
    /// - Parameters:
    ///   - seconds: how long it is valid; nil for ever.
    ///   - now: seconds since 1970.
    ///   - channels: which the user may join without a signature, as ``PushProtocol/ChannelGrants`` reads them.
    package func issue(
        uid: String, source: String, seconds: Int64?, now: Int64, channels: [String] = []
    ) async throws -> AccessToken {
        let token = SymmetricKey(size: .bits256).withUnsafeBytes { Base64.encode($0) }
            .filter { $0.isLetter || $0.isNumber }
        var (entries, format) = try await self.entries(of: uid)
        var grant: [(String, PHPValue)] = [("uid", .string(uid)), ("token", .string(token)), ("time", .integer(now))]
        if let seconds { grant.append(("expires", .integer(now + seconds))) }
        if !channels.isEmpty {
            grant.append(("channels", .array(channels.enumerated().map { (String($0), .string($1)) })))
        }
        entries.removeAll { $0.0 == source }
        entries.append((source, .array(grant)))
        try await self.store.setRecord(Array(PHPValue.array(entries).written(as: format).readableBytesView), of: uid)
        return AccessToken(token: token, uid: uid, source: source)
    }

    /// Revokes the token of a terminal, or all of a user's.
    ///
    /// - Returns: whether there was one.
    package func revoke(uid: String, source: String?) async throws -> Bool {
        let (entries, format) = try await self.entries(of: uid)
        let left = entries.filter { entry in
            if let source { entry.0 != source } else { !Self.isGrant(entry.1) }
        }
        guard left.count < entries.count else { return false }
        try await self.store.setRecord(
            left.isEmpty ? nil : Array(PHPValue.array(left).written(as: format).readableBytesView), of: uid
        )
        return true
    }

    /// Whether an entry of a record is a terminal's: one that holds a token.
    private static func isGrant(_ entry: PHPValue) -> Bool {
        guard case .array(let fields) = entry else { return false }
        return fields.contains { $0.0 == "token" }
    }

    private func entries(of uid: String) async throws -> ([(String, PHPValue)], PHPValue.Format) {
        guard let stored = try await self.store.record(of: uid) else { return ([], self.format) }
        guard case .array(let entries)? = stored.withUnsafeBytes({ PHPValue(stored: $0) }) else {
            throw StorageError(code: .failed, message: "the login record of \(uid) cannot be read; it is left as it is")
        }
        return (entries, PHPValue.Format(of: stored))
    }
}
