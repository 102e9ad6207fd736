// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Whom a message is for. One is the usual case and needs no array.
package enum Recipients: Equatable, Sendable {
    case one(String)
    case many([String])

    /// How many there are.
    package var count: Int {
        switch self {
        case .one: 1
        case .many(let uids): uids.count
        }
    }

    /// Calls `body` with each.
    package func forEach(_ body: (String) -> Void) {
        switch self {
        case .one(let uid): body(uid)
        case .many(let uids): uids.forEach(body)
        }
    }

    /// Reads a uid, or an array of them without its repetitions.
    ///
    /// - Parameters:
    ///   - value: a string, an integer, or an array of these.
    ///   - scanner: a scanner that may be used; what it held is lost where the value is an array.
    package static func read(
        _ value: JSONValue,
        in text: UnsafeRawBufferPointer,
        atMost limit: Int,
        scanner: JSONScanner
    ) throws(FrameError) -> Recipients {
        guard value.kind == .array else { return .one(try self.uid(value, in: text)) }
        let list = UnsafeRawBufferPointer(rebasing: text[value.range])
        do { _ = try scanner.scan(list) } catch { throw FrameError(error) }
        guard scanner.elements.count <= limit else { throw .malformed("more than \(limit) recipients") }
        var uids: [String] = []
        var seen: Set<String> = []
        for element in scanner.elements {
            let uid = try self.uid(element, in: list)
            if seen.insert(uid).inserted { uids.append(uid) }
        }
        guard !uids.isEmpty else { throw .malformed("no recipient") }
        return uids.count == 1 ? .one(uids[0]) : .many(uids)
    }

    private static func uid(_ value: JSONValue, in text: UnsafeRawBufferPointer) throws(FrameError) -> String {
        guard let uid = JSONText.identifier(value, in: text), UserID.isValid(uid) else {
            throw .malformed("not a user id")
        }
        return uid
    }
}
