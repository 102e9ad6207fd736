// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// The secret of an app, ready to sign: HMAC-SHA256, written as 64 lower-case hexadecimal digits. Any thread.
package struct PusherSecret: Sendable {
    private static let digits = Array("0123456789abcdef".utf8)
    /// With the key taken in; each signature goes on from a copy.
    private let hmac: HMAC<SHA256>

    package init(_ secret: String) {
        self.hmac = HMAC(key: SymmetricKey(data: Array(secret.utf8)))
    }

    /// The signature of a text.
    package func sign(_ text: String) -> String {
        var text = text
        return text.withUTF8 { self.sign(UnsafeRawBufferPointer($0)) }
    }

    /// The signature of bytes, such as the body of a request.
    package func sign(_ bytes: UnsafeRawBufferPointer) -> String {
        var hmac = self.hmac
        hmac.update(data: bytes)
        let code = hmac.finalize()
        return String(unsafeUninitializedCapacity: 2 * SHA256.byteCount) { text in
            var at = 0
            for byte in code {
                text[at] = Self.digits[Int(byte >> 4)]
                text[at + 1] = Self.digits[Int(byte & 15)]
                at += 2
            }
            return at
        }
    }

    /// Whether the holder of the secret signed this very text. The time does not depend on how near a forgery comes.
    package func isSignature(_ hex: some StringProtocol, of text: String) -> Bool {
        ConstantTime.equal(self.sign(text), String(hex))
    }
}
