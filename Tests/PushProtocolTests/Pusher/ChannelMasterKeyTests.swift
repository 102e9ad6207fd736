// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("Channels: the master key of encrypted channels")
struct ChannelMasterKeyTests {
    /// The bytes 0 to 31.
    static let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    @Test(
        "gives each channel the base64 of SHA-256 over its name and the key, as computed elsewhere",
        arguments: [
            ("private-encrypted-a", "s1rdijRHyyLa/TmwKiC7A3oeY+nahXaZrWaS3La/se0="),
            ("private-encrypted-cache-b", "u6KQ79ZYJvlOTMwy7lUeCQnQb2c0eA935+dgIE7pZZM="),
        ])
    func sharedSecret(name: String, secret: String) throws {
        let key = try #require(ChannelMasterKey(base64: Self.base64))
        #expect(key.sharedSecret(of: try #require(ChannelName(name))) == secret)
    }

    @Test(
        "is base64 of exactly 32 bytes, in the standard alphabet, padded",
        arguments: [
            "", "=", "AAAA", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8,", " AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIQ==",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==", "_____________________________________________w==",
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        ])
    func malformed(text: String) {
        #expect(ChannelMasterKey(base64: text) == nil)
    }
}
