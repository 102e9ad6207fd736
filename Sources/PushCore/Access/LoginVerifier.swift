// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol

/// Decides whether a login record lets somebody in.
package enum LoginVerifier {
    /// Whether the record has a valid grant for the terminal, with this very token.
    ///
    /// - Parameter milliseconds: since 1970.
    package static func accepts(_ login: AccessToken, by record: LoginRecord?, milliseconds: Int64) -> Bool {
        guard let grant = record?.grants[login.source] else { return false }
        guard ConstantTime.equal(grant.token, login.token) else { return false }
        return self.isValid(grant, uid: login.uid, milliseconds: milliseconds)
    }

    /// Whether the record still has the grant that a session was let in by.
    ///
    /// - Parameter milliseconds: since 1970.
    package static func accepts(_ login: OpenLogin, by record: LoginRecord?, milliseconds: Int64) -> Bool {
        guard let grant = record?.grants[login.source], grant.token.hashValue == login.tokenHash else { return false }
        return self.isValid(grant, uid: login.uid, milliseconds: milliseconds)
    }

    private static func isValid(_ grant: LoginRecord.Grant, uid: String, milliseconds: Int64) -> Bool {
        if let owner = grant.uid, owner != uid { return false }
        if let expires = grant.expires, expires <= milliseconds { return false }
        return true
    }
}
