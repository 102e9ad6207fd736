// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// The login record of a user, as the applications write it: for each terminal a token, when it expires, and whose it
/// is.
package struct LoginRecord: Equatable, Sendable {
    /// The grant of one terminal.
    package struct Grant: Equatable, Sendable {
        package var token: String
        /// The user the token was issued to, where the record says so.
        package var uid: String?
        /// Milliseconds since 1970; nil where it never expires.
        package var expires: Int64?

        package init(token: String, uid: String? = nil, expires: Int64? = nil) {
            self.token = token
            self.uid = uid
            self.expires = expires
        }
    }

    /// Epoch values above this are milliseconds, others seconds.
    private static let firstMilliseconds: Int64 = 100_000_000_000

    /// By source: `app`, `pc`, `weixin`, … Entries that hold no token (`info`) are left out.
    package var grants: [String: Grant]

    package init(grants: [String: Grant]) {
        self.grants = grants
    }

    /// Reads a stored value: JSON, `think_serialize:` and PHP's serialize format, or that format bare. Nil where it is
    /// none of them.
    package init?(_ stored: UnsafeRawBufferPointer) {
        guard case .array(let entries)? = PHPValue(stored: stored) else { return nil }
        self.grants = [:]
        for (source, entry) in entries {
            guard case .array(let fields) = entry else { continue }
            let members = Dictionary(fields, uniquingKeysWith: { _, last in last })
            guard let token = members["token"]?.text, !token.isEmpty else { continue }
            self.grants[source] = Grant(
                token: token, uid: members["uid"]?.text, expires: Self.milliseconds(members["expires"])
            )
        }
    }

    /// Reads a stored value out of a buffer.
    package init?(_ stored: ByteBuffer) {
        guard let record = stored.withUnsafeReadableBytes({ LoginRecord($0) }) else { return nil }
        self = record
    }

    private static func milliseconds(_ value: PHPValue?) -> Int64? {
        guard let number = value?.integer, number != 0 else { return nil }
        if number > self.firstMilliseconds { return number }
        return number.multipliedReportingOverflow(by: 1000).partialValue
    }
}
