// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import NIOCore
internal import PushProtocol
internal import Synchronization

/// Carries calls out by datagram, at nodes somewhere else. Any thread.
package final class ForwardingBackend: ChatBackend {
    /// What a node is asked for that nobody else asks.
    private static let watchedUser = UserID.system

    private let counters = ForwardingCounters()
    private let configuration: ForwardingConfiguration
    private let links: [NodeLink]
    private let ring: Mutex<NodeRing>
    private let names = RequestNames()
    /// The longest secret, as JSON, in bytes: what fits for one node has to fit for all.
    private let secretBytes: Int
    private let logger: Logger

    /// - Parameter loops: where the sockets live, one for each node.
    package init(_ configuration: ForwardingConfiguration, loops: [any EventLoop], logger: Logger) {
        self.configuration = configuration
        let counters = self.counters
        self.links = configuration.nodes.enumerated().map { index, node in
            NodeLink(node, configuration, counters: counters, on: loops[index % loops.count])
        }
        self.ring = Mutex(NodeRing(count: configuration.nodes.count))
        self.secretBytes =
            configuration.nodes.map { node in
                var secret = ByteBuffer()
                secret.writeJSONString(node.secret)
                return secret.readableBytes
            }.max() ?? 0
        self.logger = logger
    }

    // MARK: - Calls

    /// Nobody does: this program has no extensions, and for the nodes it is a backend.
    func pass(_ message: OutgoingMessage, on loop: any EventLoop) -> OutgoingMessage { message }

    func send(_ messages: [OutgoingMessage], on loop: any EventLoop) async -> [Result<Delivery, FrameError>] {
        let answers = await self.perform(messages.map { .send($0, names: self.names) })
        return zip(messages, answers).map { message, answer in answer.flatMap { Self.delivery(of: message, $0) } }
    }

    func areOnline(_ uids: [String], on loop: any EventLoop) async throws -> [Bool] {
        try await self.perform(uids.map { .isOnline($0, names: self.names) }).map { answer in
            try Self.success(answer.get()).isOnline
        }
    }

    func kick(_ uid: String, source: String?, message: String?, on loop: any EventLoop) async throws -> Int {
        let command = NodeCommand.kick(uid, source: source, message: message, names: self.names)
        guard let answer = await self.perform([command]).first else { throw Self.noNode }
        let reply = try Self.success(answer.get())
        guard let closed = reply.result, closed.name == "closed", let count = Int(String(buffer: closed.json)) else {
            return reply.isOnline ? 1 : 0
        }
        return count
    }

    private static func delivery(of message: OutgoingMessage, _ reply: DatagramReply) -> Result<Delivery, FrameError> {
        Result { () throws(FrameError) in
            let reply = try self.success(reply)
            guard let id = reply.id else { throw FrameError(code: 503, message: "the node's answer has no id") }
            return Delivery(
                id: id, isOnline: reply.isOnline, isStored: reply.isStored ?? true,
                isSafe: reply.code != 202 || !message.waitsUntilStored
            )
        }
    }

    private static func success(_ reply: DatagramReply) throws(FrameError) -> DatagramReply {
        switch reply.code {
        case 200, 202: return reply
        // Not the caller's fault: the node does not know this machine.
        case 403: throw FrameError(code: 503, message: "the node does not take commands from here")
        case let code: throw FrameError(code: code, message: reply.message ?? "refused by the node")
        }
    }

    // MARK: - Nodes

    private static let noNode = FrameError(code: 503, message: "no node answers")
    private static let tooLarge = FrameError(code: 413, message: "larger than a datagram to a node may be")
    private static let tooMany = FrameError(code: 503, message: "too many calls wait for the node")
    private static let unanswered = FrameError(
        code: 503, message: "the node has not answered, and may have done it or not"
    )

    /// Has commands carried out, in their order, at one node as long as that answers.
    ///
    /// - Returns: for each command its reply, or why there is none.
    private func perform(_ commands: [NodeCommand]) async -> [Result<DatagramReply, FrameError>] {
        let limit = self.configuration.maximumDatagramBytes
        let fitting = commands.filter { $0.bytes(secretBytes: self.secretBytes) <= limit }
        let turn = commands.first?.turn
        var candidates = self.ring.withLock { $0.candidates(first: turn) }
        var replies: [Result<DatagramReply, FrameError>] = []
        // One after the other: that is what keeps the order.
        for datagram in NodeDatagram.pack(fitting, secretBytes: self.secretBytes, atMost: limit) {
            do throws(FrameError) {
                replies += try await self.exchange(datagram, &candidates).map { .success($0) }
            } catch {
                replies += datagram.commands.map { _ in .failure(error) }
            }
        }
        var next = replies.makeIterator()
        return commands.map { command in
            guard command.bytes(secretBytes: self.secretBytes) <= limit else { return .failure(Self.tooLarge) }
            return next.next() ?? .failure(Self.noNode)
        }
    }

    /// Sends a datagram to the first of some nodes, or, as long as nothing has left, to the next. Those that are of no use
    /// are taken out of the list.
    private func exchange(
        _ datagram: NodeDatagram, _ candidates: inout [Int]
    ) async throws(FrameError) -> [DatagramReply] {
        while let index = candidates.first {
            do {
                let replies = try await self.links[index].exchange(datagram).get()
                let isKnown = replies.contains { $0.code != 403 }
                self.note(index, problem: isKnown ? nil : "refuses the secret")
                if !isKnown { candidates.removeFirst() }
                return replies
            } catch NodeLink.Failure.tooLarge {
                throw Self.tooLarge
            } catch NodeLink.Failure.tooMany {
                self.counters.refused.add(1, ordering: .relaxed)
                throw Self.tooMany
            } catch NodeLink.Failure.nothingSent {
                self.note(index, problem: "cannot be reached")
                candidates.removeFirst()
            } catch {
                self.counters.unanswered.add(1, ordering: .relaxed)
                self.note(index, problem: "does not answer")
                candidates.removeFirst()
                throw Self.unanswered
            }
        }
        self.counters.refused.add(1, ordering: .relaxed)
        throw Self.noNode
    }

    private func note(_ index: Int, problem: String?) {
        guard self.ring.withLock({ $0.note(index, problem: problem) }) else { return }
        let node = self.links[index].node
        let metadata: Logger.Metadata = ["node": "\(node.host):\(node.port)"]
        if let problem {
            self.logger.warning("a node is not used", metadata: metadata.merging(["reason": "\(problem)"]) { $1 })
        } else {
            self.logger.notice("a node is used again", metadata: metadata)
        }
    }

    /// What was done so far.
    package var statistics: ForwardingStatistics {
        let problems = self.ring.withLock { $0.problems }
        return ForwardingStatistics(
            nodes: problems.count, usableNodes: problems.count { $0 == nil },
            datagrams: self.counters.datagrams.load(ordering: .relaxed),
            retries: self.counters.retries.load(ordering: .relaxed),
            unanswered: self.counters.unanswered.load(ordering: .relaxed),
            refused: self.counters.refused.load(ordering: .relaxed)
        )
    }

    /// Why calls cannot be forwarded; nil where they can, as far as is known.
    package var problem: String? {
        let problems = self.ring.withLock { $0.problems }
        guard problems.allSatisfy({ $0 != nil }) else { return nil }
        return zip(self.links, problems)
            .map { "\($0.node.host):\($0.node.port) \($1 ?? "")" }.joined(separator: ", ")
    }

    /// Asks each node again and again whether it is there, so that one that has gone is known before a call finds out,
    /// and one that is back is used. Until the task is cancelled.
    package func watch() async {
        await withDiscardingTaskGroup { group in
            for index in self.links.indices {
                group.addTask {
                    repeat {
                        var candidates = [index]
                        let question = NodeCommand.isOnline(Self.watchedUser, names: self.names)
                        _ = try? await self.exchange(NodeDatagram(commands: [question]), &candidates)
                    } while (try? await Task.sleep(for: self.configuration.watchInterval)) != nil
                }
            }
        }
    }

    /// Closes the sockets; what waits fails.
    package func close() async {
        for link in self.links { await link.close() }
    }
}
