// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushCore
package import PushProtocol

extension HubFixture {
    /// What became of a message: set when the hub has told.
    package final class Sending {
        package fileprivate(set) var result: Hub.SendResult?

        /// The receipt; nil where the message was refused, or nothing was told.
        package var receipt: Receipt? { try? self.result?.get() }

        /// Why the message was refused.
        package var error: FrameError? {
            guard case .failure(let error)? = self.result else { return nil }
            return error
        }
    }

    /// Sends a message as a backend, or a session, does; the loops do not turn.
    @discardableResult
    package func send(_ content: String = "1", _ draft: Hub.Draft, on loop: Int = 0) -> Sending {
        let shard = self.shard(loop)
        shard.now = self.clock.now()
        let sending = Sending()
        var content = content
        content.withUTF8 { bytes in
            let body = MessageBody(type: "chat", content: UnsafeRawBufferPointer(bytes))
            self.hub.send(body, draft, on: shard) { result in
                precondition(sending.result == nil, "told twice")
                sending.result = result
            }
        }
        return sending
    }

    /// Sends a message of the system whose fate nobody wants to know.
    package func sendUnheard(_ content: String = "1", _ draft: Hub.Draft, on loop: Int = 0) {
        let shard = self.shard(loop)
        shard.now = self.clock.now()
        var content = content
        content.withUTF8 { bytes in
            let body = MessageBody(type: "chat", content: UnsafeRawBufferPointer(bytes))
            self.hub.send(body, draft, on: shard, completion: nil)
        }
    }
}

@available(*, unavailable)
extension HubFixture.Sending: Sendable {}
