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
    /// How long ago a call may have been signed that leaves its time to the server, in seconds.
    private static let untimedTolerance: Int64 = 2
    private static let version = "1.0"

    /// The key of the app, as the caller says.
    package let key: String
    private let signature: String
    /// Nil where the caller leaves the time to the server, as workbunny's may.
    private let timestamp: Int64?
    /// Nil where the caller says that there is no body.
    private let bodyDigest: String?
    private let method: String
    private let path: String
    private let parameters: APIParameters

    /// Finds the signature among the parameters. Nothing of the call may be believed before ``verify(with:seconds:)``.
    ///
    /// - Parameters:
    ///   - path: as it was sent, still percent-encoded.
    ///   - dialect: how the parameters were read, and which of them may be missing.
    /// - Throws: 401 where something is missing, or of a version that is unknown.
    package init(
        method: String, path: String, parameters: APIParameters, dialect: Dialect = .pusher
    ) throws(APIError) {
        func value(_ name: String, reason: APIError.Reason = .other) throws(APIError) -> String {
            guard let value = parameters[name], !value.isEmpty else {
                throw .unauthorized("\(name) is missing", reason: reason)
            }
            return value
        }
        let hasVersion = parameters["auth_version"] != nil
        self.key = try value("auth_key", reason: .noKey)
        let timestamp = dialect.isWorkbunny ? parameters["auth_timestamp"] : try value("auth_timestamp")
        let version = dialect == .pusher || hasVersion ? try value("auth_version") : Self.version
        self.signature = try value("auth_signature", reason: .wrongSignature)
        guard version == Self.version else { throw .unauthorized("auth_version must be \(Self.version)") }
        self.timestamp = try timestamp.map { (text) throws(APIError) in
            guard let seconds = Int64(text), seconds >= 0 else {
                throw .unauthorized("auth_timestamp must be seconds since 1970")
            }
            return seconds
        }
        self.bodyDigest = parameters["body_md5"]
        self.method = method
        self.path = path
        // Where workbunny's server finds none it signs its own, as does whoever leaves it out.
        self.parameters =
            dialect.isWorkbunny && !hasVersion ? parameters.with("auth_version", Self.version) : parameters
    }

    /// Checks that the holder of the secret signed this very call, and not long ago.
    ///
    /// - Parameter seconds: now, since 1970.
    /// - Throws: 401. It says what should have been signed, but never the signature.
    package func verify(with secret: PusherSecret, seconds: Int64) throws(APIError) {
        guard let timestamp = self.timestamp else { return try self.verifyUntimed(with: secret, seconds: seconds) }
        guard timestamp.subtractingReportingOverflow(seconds).partialValue.magnitude <= Self.tolerance else {
            throw .unauthorized(
                "auth_timestamp \(timestamp) is not within \(Self.tolerance) seconds of the server's time \(seconds)"
            )
        }
        guard self.isSignature(of: self.parameters, secret) else { throw self.wrongSignature(self.parameters) }
    }

    /// The time is signed all the same, and so the call is good for that moment alone.
    private func verifyUntimed(with secret: PusherSecret, seconds: Int64) throws(APIError) {
        for age in 0...Self.untimedTolerance {
            if self.isSignature(of: self.parameters.with("auth_timestamp", "\(seconds - age)"), secret) { return }
        }
        throw self.wrongSignature(self.parameters.with("auth_timestamp", "\(seconds)"))
    }

    private func isSignature(of parameters: APIParameters, _ secret: PusherSecret) -> Bool {
        let text = Self.signedText(method: self.method, path: self.path, parameters: parameters)
        if secret.isSignature(self.signature, of: text) { return true }
        // Some clients sign the path before they escape it.
        guard self.path.utf8.contains(UInt8(ascii: "%")), let plain = PercentEncoding.decode(self.path) else {
            return false
        }
        return secret.isSignature(
            self.signature, of: Self.signedText(method: self.method, path: plain, parameters: parameters)
        )
    }

    private func wrongSignature(_ parameters: APIParameters) -> APIError {
        let text = Self.signedText(method: self.method, path: self.path, parameters: parameters)
        return .unauthorized(
            "auth_signature is wrong: it must be the HMAC-SHA256, in hexadecimal digits, of \(text.debugDescription)",
            reason: .wrongSignature
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
