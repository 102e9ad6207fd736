// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushCore
package import PushProtocol

/// `to_uid`: to every terminal of a user, or of some, and into the archive.
package struct ToUser: Means {
    package let names = ["to_uid", "toUid"]

    package init() {}

    package func perform(
        _ request: MeansRequest, reply: @escaping (DatagramReply) -> Void
    ) throws(FrameError) {
        let body = try request.body()
        let sender = try request.uid("uid")
        let time = try request.time()
        guard let recipients = try request.recipients("to_uid", atMost: ClientFrame.maximumRecipients) else {
            throw .malformed("to_uid is missing")
        }
        request.send(body, to: recipients, sender: sender, time: time, isSharedFrame: false, reply: reply)
    }
}

extension MeansRequest {
    /// Sends a message, and replies when it is routed, or when it is safe, as the command asks.
    func send(
        _ body: MessageBody, to recipients: Recipients, sender: String?, time: Int64?, isSharedFrame: Bool,
        reply: @escaping (DatagramReply) -> Void
    ) {
        let draft = Hub.Draft(
            sender: sender ?? UserID.system, recipients: recipients, isSharedFrame: isSharedFrame, time: time,
            wantsStored: self.waitsUntilStored
        )
        let loop = self.shard.loop
        let waitsUntilStored = self.waitsUntilStored
        self.hub.send(body, draft, on: self.shard) { result in
            switch result {
            case .failure(let error):
                reply(DatagramReply(error))
            case .success(let receipt) where waitsUntilStored:
                StoredReply.wait(for: receipt, on: loop, reply: reply)
            case .success(let receipt):
                reply(DatagramReply(isOnline: receipt.outcome.isOnline, id: receipt.outcome.id))
            }
        }
    }
}
