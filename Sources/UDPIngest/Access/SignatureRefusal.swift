// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushCore
package import PushProtocol

/// Why a signed datagram is not carried out.
package enum SignatureRefusal: Error, Equatable, Sendable {
    /// There is no such key, or its holder did not sign this.
    case wrongSignature
    /// Signed more than a minute ago, or ahead.
    case notOfThisMinute
    /// Signed at a time whose nonces are not known any more: before the start, or before a clock was put back.
    case tooOld
    /// The key has used the nonce before.
    case repeated
    /// No more nonces can be remembered now.
    case tableFull

    /// What the sender is told.
    package var error: FrameError {
        switch self {
        case .wrongSignature: .forbidden("wrong signature")
        case .notOfThisMinute: .forbidden("ts is more than 60 s from the server's clock")
        case .tooOld: .forbidden("ts is from before the server's start")
        case .repeated: .forbidden("the nonce was used before")
        case .tableFull: FrameError(code: 503, message: "too many signed datagrams; come back in a minute")
        }
    }

    /// What counts it.
    package var counter: any WritableKeyPath<ShardCounters, Int> & Sendable {
        switch self {
        case .wrongSignature: \.signaturesWrong
        case .notOfThisMinute, .tooOld: \.timestampsRefused
        case .repeated: \.noncesRepeated
        case .tableFull: \.noncesRefused
        }
    }
}
