// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("Channels: signatures")
struct PusherSecretTests {
    struct Vector: Sendable {
        var secret = "7ad3773142a6692b25b8"
        var text: String
        var signature: String
    }

    static let vectors: [Vector] = [
        // Of Pusher's documentation.
        Vector(
            text: #"1234.1234::user::{"id":"12345"}"#,
            signature: "4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba"
        ),
        Vector(
            text: "1234.1234:private-foobar",
            signature: "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4"
        ),
        Vector(
            text: "POST\n/apps/3/events\nauth_key=278d425bdf160c739803&auth_timestamp=1353088179&auth_version=1.0"
                + "&body_md5=ec365a775a4cd0599faeb73354201b6f",
            signature: "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c"
        ),
        // By Python's hmac.
        Vector(
            text: #"1234.1234:presence-foobar:{"user_id":10,"user_info":{"name":"Mr. Channels"}}"#,
            signature: "31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80"
        ),
        Vector(
            secret: "testsecret",
            text: #"{"time_ms":1795210046.132401,"events":[{"channel":"presence-r","name":"channel_added"}]}"#,
            signature: "836579f91dbb1c662b5f45c80a88479c1e55defa45467b78d9413f33f72b7a9b"
        ),
        Vector(
            secret: "秘密", text: "é😀\n\0",
            signature: "4acc5e8b03b3718c3de7f3c7b667e595c0634c2b359e2099e7856c63a9755383"
        ),
        // RFC 4231, test case 2; then keys as long as a block, longer, and empty.
        Vector(
            secret: "Jefe", text: "what do ya want for nothing?",
            signature: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        Vector(
            secret: String(repeating: "k", count: 64), text: "x",
            signature: "f91c4c403625fb06910ef93999265bbd2d62baeaec6ff36455498cc124fe3e66"
        ),
        Vector(
            secret: String(repeating: "k", count: 65), text: "x",
            signature: "75092ca3ee2b307470c227697b42b3e65376aa3bae98fb5a1f7b7536daa9588a"
        ),
        Vector(
            secret: "", text: "", signature: "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        ),
    ]

    @Test("are those of other implementations, however often the secret signs", arguments: vectors)
    func signs(vector: Vector) {
        let secret = PusherSecret(vector.secret)
        for _ in 0..<3 {
            #expect(secret.sign(vector.text) == vector.signature)
            #expect(withText(vector.text) { secret.sign($0) } == vector.signature)
            #expect(secret.isSignature(vector.signature, of: vector.text))
            #expect(secret.isSignature(("x" + vector.signature).dropFirst(), of: vector.text))
        }
    }

    @Test("one digit, one letter's case or one length apart is none", arguments: vectors)
    func refuses(vector: Vector) {
        let secret = PusherSecret(vector.secret)
        for at in vector.signature.indices {
            var forged = vector.signature
            forged.replaceSubrange(at...at, with: forged[at] == "0" ? "1" : "0")
            #expect(!secret.isSignature(forged, of: vector.text))
        }
        for forged in [
            "", vector.signature.uppercased(), String(vector.signature.dropLast()), vector.signature + "0",
            " " + vector.signature, vector.signature + vector.signature,
        ] {
            #expect(!secret.isSignature(forged, of: vector.text))
        }
        #expect(!secret.isSignature(vector.signature, of: vector.text + " "))
        #expect(!PusherSecret(vector.secret + "x").isSignature(vector.signature, of: vector.text))
    }
}
