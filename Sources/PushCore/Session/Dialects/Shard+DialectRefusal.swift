// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushProtocol

extension Shard {
    /// What a client of a dialect is told that may not stay.
    ///
    /// - Parameter frame: what a client of Pusher's would be told.
    package func refusal(_ code: CloseCode, _ frame: ByteBuffer, in dialect: Dialect) -> ByteBuffer {
        let refusal: DialectRefusal? =
            switch code {
            case .appNotFound: .invalidKey
            case .pathNotFound: .invalidApp
            default: nil
            }
        // It has no name, and no app.
        let nobody = DialectTranslator.Recipient(appKey: "<unknown>", socketID: SocketID(session: 0, node: 0, salt: 0))
        return self.translator(of: dialect).translate(
            refusal?.frame(in: dialect) ?? frame, for: nobody, milliseconds: self.now.milliseconds
        )
    }
}
