// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushProtocol

/// Commands that go to a node together.
struct NodeDatagram: Sendable {
    /// At least one.
    let commands: [NodeCommand]

    /// What its replies are known by.
    var name: String { self.commands.first?.requestID ?? "" }
    var waitsUntilStored: Bool { self.commands.contains(where: \.waitsUntilStored) }

    /// Packs commands, in their order, into as few datagrams as their number and their size allow. Each has to fit into one
    /// by itself.
    static func pack(_ commands: [NodeCommand], secretBytes: Int, atMost limit: Int) -> [NodeDatagram] {
        var datagrams: [NodeDatagram] = []
        var batch: [NodeCommand] = []
        var bytes = 0
        for command in commands {
            // With the bracket or comma before it; the last bracket is counted from the start.
            let size = command.bytes(secretBytes: secretBytes) + 1
            if batch.count == DatagramCommand.maximumCount || (!batch.isEmpty && bytes + size + 1 > limit) {
                datagrams.append(NodeDatagram(commands: batch))
                batch = []
                bytes = 0
            }
            batch.append(command)
            bytes += size
        }
        if !batch.isEmpty { datagrams.append(NodeDatagram(commands: batch)) }
        return datagrams
    }

    /// The text for a node.
    func text(secret: ByteBuffer) -> ByteBuffer {
        let size = self.commands.reduce(2) { $0 + $1.bytes(secretBytes: secret.readableBytes) + 1 }
        var text = ByteBufferAllocator().buffer(capacity: size)
        let isArray = self.commands.count > 1
        for (index, command) in self.commands.enumerated() {
            if isArray { text.writeInteger(index == 0 ? UInt8(ascii: "[") : UInt8(ascii: ",")) }
            command.write(to: &text, secret: secret)
        }
        if isArray { text.writeInteger(UInt8(ascii: "]")) }
        return text
    }

    /// Whether these are the replies to the commands.
    func isAnswered(by replies: [DatagramReply]) -> Bool {
        replies.count == self.commands.count
            && zip(self.commands, replies).allSatisfy { $0.requestID == $1.requestID }
    }
}
