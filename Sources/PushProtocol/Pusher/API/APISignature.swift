// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
package import NIOCore

/// Proves who makes a call of Pusher's HTTP API (HTTP API reference, "Authentication"): a signature over method, path and
/// parameters, one of which is the digest of the body.
package struct APISignature: Sendable {
    /// How far a caller's clock may be off, in seconds.
    package static let tolerance: Int64 = 600
    private static let version = "1.0"

    /// The key of the app, as the caller says.
    package let key: String
    private let signature: String
    private let timestamp: Int64
    /// Nil where the caller says that there is no body.
    private let bodyDigest: String?
    private let method: String
    private let path: String
    private let parameters: APIParameters

    /// Finds the signature among the parameters. Nothing of the call may be believed before ``verify(with:seconds:)``.
    ///
    /// - Parameters:
    ///   - path: as it was sent, still percent-encoded.
    /// - Throws: 401 where something is missing, or of a version that is unknown.
    package init(method: String, path: String, parameters: APIParameters) throws(APIError) {
        func value(_ name: String) throws(APIError) -> String {
            guard let value = parameters[name], !value.isEmpty else { throw .unauthorized("\(name) is missing") }
            return value
        }
        self.key = try value("auth_key")
        let timestamp = try value("auth_timestamp")
        let version = try value("auth_version")
        self.signature = try value("auth_signature")
        guard version == Self.version else { throw .unauthorized("auth_version must be \(Self.version)") }
        guard let timestamp = Int64(timestamp), timestamp >= 0 else {
            throw .unauthorized("auth_timestamp must be seconds since 1970")
        }
        self.timestamp = timestamp
        self.bodyDigest = parameters["body_md5"]
        self.method = method
        self.path = path
        self.parameters = parameters
    }

    /// Checks that the holder of the secret signed this very call, and not long ago.
    ///
    /// - Parameter seconds: now, since 1970.
    /// - Throws: 401. It says what should have been signed, but never the signature.
    package func verify(with secret: PusherSecret, seconds: Int64) throws(APIError) {
        guard self.timestamp.subtractingReportingOverflow(seconds).partialValue.magnitude <= Self.tolerance else {
            throw .unauthorized(
                "auth_timestamp \(self.timestamp) is not within \(Self.tolerance) seconds of the server's time \(seconds)"
            )
        }
        let text = self.signedText(path: self.path)
        if secret.isSignature(self.signature, of: text) { return }
        // Some clients sign the path before they escape it.
        if self.path.utf8.contains(UInt8(ascii: "%")), let plain = PercentEncoding.decode(self.path),
            secret.isSignature(self.signature, of: self.signedText(path: plain))
        {
            return
        }
        throw .unauthorized(
            "auth_signature is wrong: it must be the HMAC-SHA256, in hexadecimal digits, of \(text.debugDescription)"
        )
    }

    /// Checks that the body is the one that was signed.
    ///
    /// - Throws: 401.
    package func verify(body: ByteBufferView) throws(APIError) {
        guard let digest = self.bodyDigest else {
            guard body.isEmpty else { throw .unauthorized("body_md5 is missing: the body has to be signed") }
            return
        }
        guard Self.isMD5(digest, of: body) else {
            throw .unauthorized("body_md5 is not the MD5 of the \(body.count) bytes of the body")
        }
    }

    /// What is signed of a call.
    ///
    /// - Parameter parameters: with or without `auth_signature`, which is no part of it.
    package static func signedText(method: String, path: String, parameters: APIParameters) -> String {
        var text = ""
        text.reserveCapacity(256)
        text.append(method)
        text.append("\n")
        text.append(path)
        text.append("\n")
        parameters.appendSigned(to: &text)
        return text
    }

    private func signedText(path: String) -> String {
        Self.signedText(method: self.method, path: path, parameters: self.parameters)
    }

    /// The digest is no secret: whoever can read it has signed it.
    private static func isMD5(_ text: String, of body: ByteBufferView) -> Bool {
        let digest = body.withUnsafeBytes { bytes in
            var hash = Insecure.MD5()
            hash.update(bufferPointer: bytes)
            return hash.finalize()
        }
        var digits = text.utf8.makeIterator()
        for byte in digest {
            guard let high = digits.next().flatMap(JSONText.hexDigit),
                let low = digits.next().flatMap(JSONText.hexDigit),
                high << 4 | low == byte
            else { return false }
        }
        return digits.next() == nil
    }
}
