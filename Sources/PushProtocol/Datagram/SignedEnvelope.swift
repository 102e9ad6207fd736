// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
package import NIOCore

/// A datagram that proves by a key who sent it, whatever address it comes from (chat protocol, section 3, "Signed form").
///
/// What is signed is `key`, `ts`, `nonce` and `body`, joined by newlines. None of the first three can hold one, so no two
/// envelopes have the same signed bytes.
package struct SignedEnvelope: Sendable {
    /// The longest nonce, in bytes.
    package static let maximumNonceBytes = 64
    /// The bytes of a signature.
    private static let macBytes = SHA256.byteCount

    /// Which key signed it: 1-64 of `A-Z a-z 0-9 _ . -`.
    package let key: String
    /// When it was signed, in milliseconds since 1970 by the sender's clock.
    package let milliseconds: Int64
    /// Makes it one of its kind: 1-64 visible characters of ASCII.
    package let nonce: String
    /// A command, or an array of them, as JSON: valid UTF-8.
    package let body: [UInt8]
    /// What the signature is over, but for the body.
    private let head: [UInt8]
    private let mac: [UInt8]

    /// Reads an envelope. Nothing of it may be believed before ``isAuthentic(by:)``.
    ///
    /// - Parameters:
    ///   - members: of the datagram's object.
    ///   - text: what they were scanned in.
    /// - Returns: nil where it is none: some member of it is missing, or it names a secret, as plain commands do.
    /// - Throws: where a member is not what it has to be.
    package static func decode(
        _ members: ContiguousArray<JSONMember>, in text: UnsafeRawBufferPointer
    ) throws(FrameError) -> SignedEnvelope? {
        guard let key = members.value(.key), let timestamp = members.value(.timestamp),
            let nonce = members.value(.nonce), let mac = members.value(.mac), let body = members.value(.body),
            members.value(.secret) == nil
        else { return nil }
        guard let key = JSONText.string(key, in: text), self.isKeyName(key) else {
            throw .malformed("key must be 1-64 of A-Z a-z 0-9 _ . -")
        }
        guard let milliseconds = JSONText.integer(timestamp, in: text), milliseconds >= 0,
            text[timestamp.range.lowerBound] != UInt8(ascii: "-")
        else { throw .malformed("ts must be milliseconds since 1970, a JSON integer") }
        guard let nonce = JSONText.string(nonce, in: text), self.isNonce(nonce) else {
            throw .malformed("nonce must be 1-64 visible characters of ASCII")
        }
        guard let mac = JSONText.string(mac, in: text).flatMap({ self.bytes(hex: $0) }) else {
            throw .malformed("mac must be 64 hexadecimal digits")
        }
        guard let body = JSONText.string(body, in: text) else {
            throw .malformed("body must be text: the JSON of a command")
        }
        return SignedEnvelope(
            key: key, milliseconds: milliseconds, nonce: nonce, body: Array(body.utf8),
            head: self.head(key: key, milliseconds: milliseconds, nonce: nonce), mac: mac
        )
    }

    /// Whether a text may name a key.
    package static func isKeyName(_ text: String) -> Bool { UserID.isValidType(text) }

    /// Whether the holder of the secret signed this very envelope. The time does not depend on how near a forgery comes.
    package func isAuthentic(by secret: String) -> Bool {
        var hmac = HMAC<SHA256>(key: SymmetricKey(data: Array(secret.utf8)))
        hmac.update(data: self.head)
        hmac.update(data: self.body)
        return Self.isEqual(hmac.finalize(), self.mac)
    }

    /// The nonce of the key in sixteen bytes, to remember it by. Two nonces with one fingerprint are not found by chance,
    /// nor by search.
    package var fingerprint: UInt128 {
        var hash = SHA256()
        hash.update(data: Array("\(self.key)\n\(self.nonce)".utf8))
        return hash.finalize().withUnsafeBytes { $0.loadUnaligned(as: UInt128.self) }
    }

    /// Writes the datagram of a body that is signed.
    ///
    /// - Parameters:
    ///   - key: the name of the key; valid.
    ///   - milliseconds: now, since 1970.
    ///   - nonce: never used before with this key; valid.
    ///   - body: a command, or an array of them, as JSON.
    package static func sealed(
        _ body: String, key: String, secret: String, milliseconds: Int64, nonce: String
    ) -> ByteBuffer {
        var hmac = HMAC<SHA256>(key: SymmetricKey(data: Array(secret.utf8)))
        hmac.update(data: self.head(key: key, milliseconds: milliseconds, nonce: nonce))
        hmac.update(data: Array(body.utf8))
        var datagram = ByteBuffer(string: "{\"key\":")
        datagram.writeJSONString(key)
        datagram.writeStaticString(",\"ts\":")
        datagram.writeDecimal(milliseconds)
        datagram.writeStaticString(",\"nonce\":")
        datagram.writeJSONString(nonce)
        datagram.writeStaticString(",\"mac\":")
        datagram.writeJSONString(hmac.finalize().map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }.joined())
        datagram.writeStaticString(",\"body\":")
        datagram.writeJSONString(body)
        datagram.writeStaticString("}")
        return datagram
    }

    private static func head(key: String, milliseconds: Int64, nonce: String) -> [UInt8] {
        Array("\(key)\n\(milliseconds)\n\(nonce)\n".utf8)
    }

    private static func isNonce(_ text: String) -> Bool {
        1...self.maximumNonceBytes ~= text.utf8.count && text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
    }

    private static func bytes(hex text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { JSONText.hexDigit($0) }
        guard digits.count == 2 * self.macBytes, text.utf8.count == digits.count else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// Equal lengths; every byte is compared.
    private static func isEqual(_ code: HMAC<SHA256>.MAC, _ mac: [UInt8]) -> Bool {
        zip(code, mac).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0 && mac.count == self.macBytes
    }
}
