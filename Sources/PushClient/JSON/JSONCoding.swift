// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Values of the caller's as JSON, and back.
enum JSONCoding {
    /// - Throws: ``PushClientError`` with code `malformed`.
    static func text(of value: some Encodable) throws(PushClientError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw PushClientError(code: .malformed, message: "the value cannot be written as JSON: \(error)")
        }
    }

    /// - Throws: ``PushClientError`` with code `malformed`.
    static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws(PushClientError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw PushClientError(code: .malformed, message: PushClientError.quote("\(error)"))
        }
    }
}
