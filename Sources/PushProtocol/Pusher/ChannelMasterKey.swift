// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// What the keys of encrypted channels are made from (Pusher Channels, "Encrypted channels"). Backends that publish there
/// have the same one; the server itself reads nothing with it.
package struct ChannelMasterKey: Sendable, Equatable {
    private static let byteCount = 32

    private let bytes: [UInt8]

    /// Reads base64 of 32 bytes, in the standard alphabet and with its padding, as the official server SDKs take it; nil
    /// where the text is anything else.
    package init?(base64 text: String) {
        guard let bytes = Base64.decode(text), bytes.count == Self.byteCount, Base64.encode(bytes) == text else {
            return nil
        }
        self.bytes = bytes
    }

    /// The key of a channel, in base64: what its subscribers decrypt with.
    package func sharedSecret(of channel: ChannelName) -> String {
        var hash = SHA256()
        hash.update(data: Array(channel.text.utf8))
        hash.update(data: self.bytes)
        return Base64.encode(hash.finalize())
    }
}
