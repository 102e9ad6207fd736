// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// The events of the protocol itself.
extension DialectFrameWriter {
    func writeReserved(_ frame: Frame, _ name: String) -> ByteBuffer? {
        switch (name, self.dialect) {
        case (_, .pusher):
            return nil
        case ("pusher:error", .webmanPush):
            return self.copy(frame)
        case ("pusher:error", _):
            return self.writeError(frame)
        case ("pusher:subscription_error", _):
            let content = ScannedObject(string: frame.data, scanner: self.scanner)
            return self.writeError(code: Array("null".utf8)[...], message: content?.string(.error) ?? "")
        case (_, .webmanPush):
            return self.copy(frame)
        case (_, .workbunny2), (_, .workbunny3):
            return self.assemble(frame) { self.writeContent(of: frame, name, to: &$0) }
        }
    }

    // MARK: - Errors

    private func writeError(_ frame: Frame) -> ByteBuffer {
        guard let content = ScannedObject(Array(frame.data), scanner: self.scanner), let code = content[.code],
            let message = content.string(.message)
        else { return self.copy(frame) }
        switch Int(String(decoding: code, as: UTF8.self)).flatMap({ UInt16(exactly: $0) }) {
        case CloseCode.noSignOfLife.rawValue:
            return self.writeTermination(type: "heartbeat")
        case CloseCode.notAuthorized.rawValue where message == PusherServerFrame.terminatedByApp:
            return self.writeTermination(type: "API")
        default:
            return self.writeError(code: code, message: message)
        }
    }

    /// - Parameter code: raw JSON. workbunny 3 has strings alone.
    private func writeError(code: ArraySlice<UInt8>, message: String) -> ByteBuffer {
        self.assemble(event: #""pusher:error""#) { data in
            var message = message
            data.writeStaticString(#"{"code":"#)
            if self.dialect == .workbunny3, code.first != UInt8(ascii: "\"") {
                let isUnnamed = code.first == UInt8(ascii: "n")
                if isUnnamed { message = "Client rejected - " + message }
                data.writeStaticString("\"")
                data.writeBytes(isUnnamed ? Array("403".utf8)[...] : code)
                data.writeStaticString("\"")
            } else {
                data.writeBytes(code)
            }
            data.writeStaticString(#","message":"#)
            data.writeJSONString(message)
            data.writeStaticString("}")
        }
    }

    private func writeTermination(type: StaticString) -> ByteBuffer {
        self.assemble(event: #""pusher:terminate_connection""#) { data in
            data.writeStaticString("{")
            if self.dialect == .workbunny3 {
                data.writeStaticString(#""type":""#)
                data.writeStaticString(type)
                data.writeStaticString(#"","#)
            }
            data.writeStaticString(#""message":"Terminate connection by "#)
            data.writeStaticString(type)
            data.writeStaticString(#""}"#)
        }
    }

    // MARK: - workbunny: what a string of Pusher's holds

    private func writeContent(of frame: Frame, _ name: String, to data: inout ByteBuffer) {
        guard let content = ScannedObject(string: frame.data, scanner: self.scanner) else {
            data.writeBytes(frame.data)
            return
        }
        // workbunny 2 has these two as strings, as Pusher has.
        switch (name, self.dialect) {
        case ("pusher_internal:subscription_succeeded", .workbunny2):
            data.writeJSONString(capacity: content.text.count) { self.writePresence(content, to: &$0) }
        case ("pusher_internal:subscription_succeeded", _):
            self.writePresence(content, to: &data)
        case ("pusher_internal:member_removed", .workbunny2):
            data.writeJSONString(capacity: content.text.count) { self.writeMember(content, hasInfo: false, to: &$0) }
        case ("pusher_internal:member_removed", _):
            self.writeMember(content, hasInfo: false, to: &data)
        case ("pusher_internal:member_added", _):
            self.writeMember(content, hasInfo: true, to: &data)
        default:
            data.writeBytes(content.text)
        }
    }

    /// The members of a channel, with what is known of each in a string; as it is where the channel has no members.
    private func writePresence(_ content: ScannedObject, to data: inout ByteBuffer) {
        guard let presence = content.object(.presence, scanner: self.scanner), let count = presence[.count],
            let ids = presence[.ids], let hash = presence.object(.hash, scanner: self.scanner)
        else {
            data.writeBytes(content.text)
            return
        }
        data.writeStaticString(#"{"presence":{"count":"#)
        data.writeBytes(count)
        data.writeStaticString(#","ids":"#)
        data.writeBytes(ids)
        data.writeStaticString(#","hash":{"#)
        for (index, member) in hash.members.enumerated() {
            data.writeStaticString(index > 0 ? ",\"" : "\"")
            data.writeBytes(hash.text[member.key])
            data.writeStaticString("\":")
            self.writeInfo(hash.text[member.value.range], asString: true, to: &data)
        }
        data.writeStaticString("}}}")
    }

    /// Who came or went, under an id of the event.
    private func writeMember(_ member: ScannedObject, hasInfo: Bool, to data: inout ByteBuffer) {
        data.writeStaticString(#"{"id":""#)
        data.writeString(Self.makeEventID())
        data.writeStaticString(#"","user_id":"#)
        data.writeBytes(member[.userID] ?? Array("null".utf8)[...])
        if hasInfo {
            data.writeStaticString(#","user_info":"#)
            self.writeInfo(
                member[.userInfo] ?? Array("null".utf8)[...], asString: self.dialect == .workbunny3, to: &data
            )
        }
        data.writeStaticString("}")
    }

    /// What is known of a member: a string that holds JSON, or the JSON itself.
    private func writeInfo(_ info: ArraySlice<UInt8>, asString: Bool, to data: inout ByteBuffer) {
        let isString = info.first == UInt8(ascii: "\"")
        if asString, !isString {
            data.writeJSONString(ByteBuffer(bytes: info))
        } else if !asString, isString, let content = self.json(in: info) {
            data.writeBytes(content)
        } else {
            data.writeBytes(info)
        }
    }

    /// The JSON that a string holds; nil where it holds something else.
    private func json(in string: ArraySlice<UInt8>) -> [UInt8]? {
        let content = Array(string).withUnsafeBytes { JSONText.unescape($0[1..<$0.count - 1]) }
        return content.withUnsafeBytes { (try? self.scanner.scan($0)) == nil } ? nil : content
    }

    /// A random UUID (RFC 9562, version 4).
    private static func makeEventID() -> String {
        let high = UInt64.random(in: 0...UInt64.max) & ~0xF000 | 0x4000
        let low = UInt64.random(in: 0...UInt64.max) >> 2 | 0x8000_0000_0000_0000
        func hex(_ value: UInt64, _ digits: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: digits - text.utf8.count) + text
        }
        return [
            hex(high >> 32, 8), hex(high >> 16 & 0xFFFF, 4), hex(high & 0xFFFF, 4), hex(low >> 48, 4),
            hex(low & 0xFFFF_FFFF_FFFF, 12),
        ].joined(separator: "-")
    }
}

extension MemberName {
    fileprivate static let presence = MemberName("presence")
    fileprivate static let count = MemberName("count")
    fileprivate static let ids = MemberName("ids")
    fileprivate static let hash = MemberName("hash")
    fileprivate static let error = MemberName("error")
}
