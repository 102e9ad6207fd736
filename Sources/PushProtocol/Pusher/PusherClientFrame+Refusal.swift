// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension PusherClientFrame {
    /// Why something that a client sent is refused, for whoever writes the client. It repeats nothing of what was sent.
    package struct Refusal: Error, Equatable, Sendable {
        package var message: String

        package init(_ message: String) {
            self.message = message
        }
    }
}

extension JSONScanner {
    /// Scans a text that must be an object.
    ///
    /// - Parameter what: names the text where it is refused.
    func scanObject(
        _ text: UnsafeRawBufferPointer, _ what: StaticString
    ) throws(PusherClientFrame.Refusal) {
        let value: JSONValue
        do {
            value = try self.scan(text)
        } catch {
            throw PusherClientFrame.Refusal("\(what) is not JSON: \(error.reason.rawValue) at byte \(error.offset)")
        }
        guard value.kind == .object else { throw PusherClientFrame.Refusal("\(what) must be a JSON object") }
    }

    /// Scans a text that must be an object, and calls `body` with its bytes, to which the members refer.
    func withObject<Value>(
        _ text: String, _ what: StaticString,
        _ body: (UnsafeRawBufferPointer) throws(PusherClientFrame.Refusal) -> Value
    ) throws(PusherClientFrame.Refusal) -> Value {
        var text = text
        return try text.withUTF8 { bytes in
            Result { () throws(PusherClientFrame.Refusal) in
                try self.scanObject(UnsafeRawBufferPointer(bytes), what)
                return try body(UnsafeRawBufferPointer(bytes))
            }
        }.get()
    }

    /// The same for a member that is an object, or a string that holds the JSON of one.
    func withObject<Value>(
        _ value: JSONValue?, in text: UnsafeRawBufferPointer, _ what: StaticString,
        _ body: (UnsafeRawBufferPointer) throws(PusherClientFrame.Refusal) -> Value
    ) throws(PusherClientFrame.Refusal) -> Value {
        if let value, let string = JSONText.string(value, in: text) {
            return try self.withObject(string, what, body)
        }
        guard let value, value.kind == .object else {
            throw PusherClientFrame.Refusal("\(what) must be a JSON object")
        }
        let object = UnsafeRawBufferPointer(rebasing: text[value.range])
        try self.scanObject(object, what)
        return try body(object)
    }

    /// The text of a string member.
    ///
    /// - Parameter what: names the member where it is refused.
    func string(
        _ name: MemberName, _ what: StaticString, in text: UnsafeRawBufferPointer
    ) throws(PusherClientFrame.Refusal) -> String {
        guard let string = self.members.string(name, in: text) else {
            throw PusherClientFrame.Refusal("\(what) must be a string")
        }
        return string
    }

    /// The text of a string member; nil where it is missing, null or empty.
    func optionalString(
        _ name: MemberName, _ what: StaticString, in text: UnsafeRawBufferPointer
    ) throws(PusherClientFrame.Refusal) -> String? {
        guard let value = self.members.value(name), value.kind != .null else { return nil }
        let string = try self.string(name, what, in: text)
        return string.isEmpty ? nil : string
    }
}
