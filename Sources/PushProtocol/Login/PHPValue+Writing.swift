// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

extension PHPValue {
    /// The forms that PHP applications store values in.
    package enum Format: String, CaseIterable, Sendable {
        case json
        /// PHP's serialize format behind ThinkPHP's `think_serialize:`.
        case thinkSerialize = "think_serialize"
        /// PHP's serialize format bare.
        case serialize

        /// The form of a stored value, by its first bytes.
        package init(of stored: some Sequence<UInt8>) {
            let start = Array(stored.drop { " \t\r\n".utf8.contains($0) }.prefix(16))
            if start.first == UInt8(ascii: "{") {
                self = .json
            } else {
                self = start.elementsEqual("think_serialize:".utf8) ? .thinkSerialize : .serialize
            }
        }
    }

    /// The value in a form.
    package func written(as format: Format) -> ByteBuffer {
        var buffer = ByteBuffer()
        switch format {
        case .json:
            self.writeJSON(to: &buffer)
        case .thinkSerialize:
            buffer.writeStaticString("think_serialize:")
            self.writeSerialized(to: &buffer)
        case .serialize:
            self.writeSerialized(to: &buffer)
        }
        return buffer
    }

    private func writeJSON(to buffer: inout ByteBuffer) {
        switch self {
        case .null: buffer.writeStaticString("null")
        case .bool(let value): buffer.writeString(value ? "true" : "false")
        case .integer(let value): buffer.writeDecimal(value)
        case .double(let value): buffer.writeString(value.isFinite ? String(value) : "null")
        case .string(let value): buffer.writeJSONString(value)
        case .bytes(let value): buffer.writeJSONString(String(decoding: value, as: UTF8.self))
        case .array(let entries):
            // As PHP's json_encode: keys that count up from 0 make a list.
            let isList = !entries.isEmpty && entries.enumerated().allSatisfy { String($0.offset) == $0.element.0 }
            buffer.writeInteger(UInt8(ascii: isList ? "[" : "{"))
            for (index, (key, value)) in entries.enumerated() {
                if index > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
                if !isList {
                    buffer.writeJSONString(key)
                    buffer.writeInteger(UInt8(ascii: ":"))
                }
                value.writeJSON(to: &buffer)
            }
            buffer.writeInteger(UInt8(ascii: isList ? "]" : "}"))
        }
    }

    private func writeSerialized(to buffer: inout ByteBuffer) {
        switch self {
        case .null: buffer.writeStaticString("N;")
        case .bool(let value): buffer.writeString(value ? "b:1;" : "b:0;")
        case .integer(let value): buffer.writeString("i:\(value);")
        case .double(let value): buffer.writeString("d:\(value.isFinite ? String(value) : String(value).uppercased());")
        case .string(let value): buffer.writeString("s:\(value.utf8.count):\"\(value)\";")
        case .bytes(let value):
            buffer.writeString("s:\(value.count):\"")
            buffer.writeBytes(value)
            buffer.writeStaticString("\";")
        case .array(let entries):
            buffer.writeString("a:\(entries.count):{")
            for (key, value) in entries {
                // PHP keeps a key that is a canonical integer as an integer.
                if let number = Int64(key), String(number) == key {
                    buffer.writeString("i:\(number);")
                } else {
                    PHPValue.string(key).writeSerialized(to: &buffer)
                }
                value.writeSerialized(to: &buffer)
            }
            buffer.writeInteger(UInt8(ascii: "}"))
        }
    }
}
