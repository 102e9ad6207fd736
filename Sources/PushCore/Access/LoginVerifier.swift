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
        if let uid = grant.uid, uid != login.uid { return false }
        if let expires = grant.expires, expires <= milliseconds { return false }
        return true
    }
}
