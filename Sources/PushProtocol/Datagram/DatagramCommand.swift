// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// One command of a datagram (chat protocol, section 3): the envelope, with its data still as text.
package struct DatagramCommand {
    /// The most commands of one datagram.
    package static let maximumCount = 16
    /// The longest `request_id`, in bytes.
    package static let maximumRequestIDBytes = 64

    /// A command that is refused, with what its reply depends on all the same.
    package struct Refusal: Error, Equatable, Sendable {
        package var error: FrameError
        /// Comes back in the reply; nil where there is none, or none that is valid.
        package var requestID: String?
        package var wantsReply: Bool

        package init(_ error: FrameError, requestID: String? = nil, wantsReply: Bool = true) {
            self.error = error
            self.requestID = requestID
            self.wantsReply = wantsReply
        }
    }

    /// The shared secret as sent; nil where there is none. It never leaves the check.
    package var secret: String?
    /// What to do; `to_uid` where the command does not say.
    package var means: String
    /// The object that says with what: a text of its own.
    package var data: UnsafeRawBufferPointer
    /// Makes a retry harmless, and comes back in the reply.
    package var requestID: String?
    /// Whether the reply waits until the message is safe.
    package var waitsUntilStored: Bool
    package var wantsReply: Bool
    /// Whether the command is its own data.
    package var isFlat = true

    /// The commands of a datagram, each decoded or refused on its own.
    ///
    /// - Parameter text: valid UTF-8; what is returned refers to it.
    /// - Returns: the commands, and whether they came as an array, so that the reply must be one too.
    package static func decode(
        _ text: UnsafeRawBufferPointer,
        scanner: JSONScanner
    ) throws(FrameError) -> (commands: [Result<DatagramCommand, Refusal>], isArray: Bool) {
        let value: JSONValue
        do { value = try scanner.scan(text) } catch { throw FrameError(error) }
        return try self.decode(value, in: text, scanner: scanner)
    }

    /// The commands of a text that has just been scanned.
    ///
    /// - Parameters:
    ///   - value: what the scan gave.
    ///   - scanner: holds the members of it still.
    package static func decode(
        _ value: JSONValue,
        in text: UnsafeRawBufferPointer,
        scanner: JSONScanner
    ) throws(FrameError) -> (commands: [Result<DatagramCommand, Refusal>], isArray: Bool) {
        switch value.kind {
        case .object:
            return ([self.command(scanner.members, in: text)], false)
        case .array:
            let elements = scanner.elements
            guard 1...self.maximumCount ~= elements.count else {
                throw .malformed("1 to \(self.maximumCount) commands in a datagram")
            }
            var commands: [Result<DatagramCommand, Refusal>] = []
            for element in elements {
                let command = UnsafeRawBufferPointer(rebasing: text[element.range])
                guard element.kind == .object, (try? scanner.scan(command)) != nil else {
                    commands.append(.failure(Refusal(.malformed("a command is a JSON object"))))
                    continue
                }
                commands.append(self.command(scanner.members, in: command))
            }
            return (commands, true)
        default:
            throw .malformed("a datagram is a JSON object or an array of them")
        }
    }

    private static func command(
        _ members: ContiguousArray<JSONMember>,
        in text: UnsafeRawBufferPointer
    ) -> Result<DatagramCommand, Refusal> {
        var command = DatagramCommand(
            secret: nil, means: "to_uid", data: text, requestID: nil, waitsUntilStored: false, wantsReply: true
        )
        // All members are looked at: the reply to a refused command has its name too, and may be unwanted.
        var error: FrameError?
        for member in members {
            let value = member.value
            switch member.name {
            case .secret:
                command.secret = JSONText.identifier(value, in: text)
            case .means:
                if let means = JSONText.string(value, in: text) {
                    command.means = means
                } else {
                    error = error ?? .malformed("means must be text")
                }
            case .data where value.kind == .object:
                command.data = UnsafeRawBufferPointer(rebasing: text[value.range])
                command.isFlat = false
            case .data:
                error = error ?? .malformed("data must be an object")
            case .requestID:
                if let id = JSONText.identifier(value, in: text), 1...self.maximumRequestIDBytes ~= id.utf8.count {
                    command.requestID = id
                } else {
                    error = error ?? .malformed("request_id must have 1-64 bytes")
                }
            case .ack:
                command.waitsUntilStored = JSONText.string(value, in: text) == "stored"
            case .reply:
                command.wantsReply = value.kind != .bool || text[value.range.lowerBound] == UInt8(ascii: "t")
            default:
                continue
            }
        }
        guard let error else { return .success(command) }
        return .failure(Refusal(error, requestID: command.requestID, wantsReply: command.wantsReply))
    }
}

@available(*, unavailable)
extension DatagramCommand: Sendable {}
