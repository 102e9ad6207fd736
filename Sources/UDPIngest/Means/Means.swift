// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushCore
package import PushProtocol

/// Something that a backend can ask for by datagram: a value of the member `means`.
///
/// An application adds its own by listing it where the server is put together (`Sources/PushServer/ApplicationMeans.swift`);
/// ``ServerTime`` is a complete example.
package protocol Means: Sendable {
    /// What the member `means` may say, the usual name first.
    var names: [String] { get }

    /// Carries out a command. Called on the loop of `request.shard`; must not block.
    ///
    /// - Parameters:
    ///   - request: used up before the call returns.
    ///   - reply: to be called exactly once, on the same loop, now or later.
    /// - Throws: what the reply says instead, where the command is refused at once; then `reply` is not called.
    func perform(_ request: MeansRequest, reply: @escaping (DatagramReply) -> Void) throws(FrameError)
}

/// A command whose sender has been checked.
package struct MeansRequest {
    /// The object `data`, or the whole command where it is flat.
    package let data: UnsafeRawBufferPointer
    /// The members of `data`.
    package let members: ContiguousArray<JSONMember>
    /// Whether `data` is the whole command, whose envelope does not travel.
    private let isFlat: Bool
    /// Whether the reply waits until the message is safe.
    package let waitsUntilStored: Bool
    package let hub: Hub
    package let shard: Shard

    /// - Parameter members: of the command's data.
    init(_ command: DatagramCommand, members: ContiguousArray<JSONMember>, hub: Hub, shard: Shard) {
        self.data = command.data
        self.members = members
        self.isFlat = command.isFlat
        self.waitsUntilStored = command.waitsUntilStored
        self.hub = hub
        self.shard = shard
    }

    /// A member that must be there.
    package func value(_ name: StaticString) throws(FrameError) -> JSONValue {
        guard let value = self.member(name) else { throw .malformed("\(name) is missing") }
        return value
    }

    /// A member; nil where it is absent or null.
    private func member(_ name: StaticString) -> JSONValue? {
        let value = self.members.value(MemberName(name))
        return value?.kind == .null ? nil : value
    }

    /// The text of a member; nil where it is absent.
    package func string(_ name: StaticString) throws(FrameError) -> String? {
        guard let value = self.member(name) else { return nil }
        guard let text = JSONText.string(value, in: self.data) else { throw .malformed("\(name) must be text") }
        return text
    }

    /// A member that is a user id, as text or as an integer; nil where it is absent.
    package func uid(_ name: StaticString) throws(FrameError) -> String? {
        guard let value = self.member(name) else { return nil }
        guard let uid = JSONText.identifier(value, in: self.data), UserID.isValid(uid) else {
            throw .malformed("\(name) is not a user id")
        }
        return uid
    }

    /// A list of user ids, or one; nil where it is absent or empty.
    package func recipients(_ name: StaticString, atMost limit: Int) throws(FrameError) -> Recipients? {
        guard let value = self.member(name), !self.isEmpty(value) else { return nil }
        return try Recipients.read(value, in: self.data, atMost: limit, scanner: self.shard.scanner)
    }

    /// A list of session ids, or one; nil where it is absent or empty.
    package func sessions(_ name: StaticString, atMost limit: Int) throws(FrameError) -> [SessionID]? {
        guard let value = self.member(name), !self.isEmpty(value) else { return nil }
        let list = UnsafeRawBufferPointer(rebasing: self.data[value.range])
        var numbers = [JSONValue(kind: value.kind, range: 0..<list.count)]
        if value.kind == .array {
            do { _ = try self.shard.scanner.scan(list) } catch { throw FrameError(error) }
            numbers = Array(self.shard.scanner.elements)
        }
        guard numbers.count <= limit else { throw .malformed("more than \(limit) sessions") }
        var sessions: [SessionID] = []
        for number in numbers {
            guard let text = JSONText.identifier(number, in: list), let id = UInt64(text) else {
                throw .malformed("\(name) is not a session id")
            }
            sessions.append(SessionID(rawValue: id))
        }
        return sessions
    }

    /// A text, or an array of texts, that must be there.
    package func strings(_ name: StaticString, atMost limit: Int) throws(FrameError) -> [String] {
        let value = try self.value(name)
        let list = UnsafeRawBufferPointer(rebasing: self.data[value.range])
        var values = [JSONValue(kind: value.kind, range: 0..<list.count)]
        if value.kind == .array {
            do { _ = try self.shard.scanner.scan(list) } catch { throw FrameError(error) }
            values = Array(self.shard.scanner.elements)
        }
        guard 1...limit ~= values.count else { throw .malformed("\(name) has 1 to \(limit) entries") }
        var strings: [String] = []
        for value in values {
            guard let text = JSONText.string(value, in: list) else { throw .malformed("\(name) must be text") }
            strings.append(text)
        }
        return strings
    }

    /// What is to be sent.
    package func body() throws(FrameError) -> MessageBody {
        let body = try MessageBody(self.members, in: self.data, isEnvelope: self.isFlat)
        try body.checkType(accepted: [])
        return body
    }

    /// The time of the message in seconds since 1970, as an integer or as digits; nil where it is absent.
    package func time() throws(FrameError) -> Int64? {
        guard let value = self.member("time") else { return nil }
        guard let text = JSONText.identifier(value, in: self.data), let time = Int64(text) else {
            throw .malformed("time must be seconds since 1970")
        }
        return time
    }

    /// Absent, as the seed's PHP would see it: `null`, `[]`, `""`.
    private func isEmpty(_ value: JSONValue) -> Bool {
        switch value.kind {
        case .null: true
        case .string: value.range.count == 2
        case .array: self.data[value.range].dropFirst().dropLast().allSatisfy { $0 <= 0x20 }
        case .object, .number, .bool: false
        }
    }
}

@available(*, unavailable)
extension MeansRequest: Sendable {}
