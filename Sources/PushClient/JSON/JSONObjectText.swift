// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Writes an object, member by member, in the order of the calls.
struct JSONObjectText {
    private var members: [String] = []

    /// The object.
    var text: String { "{\(self.members.joined(separator: ","))}" }

    /// - Parameter json: a JSON value. Nil leaves the member out.
    mutating func add(_ name: String, json: String?) {
        if let json { self.members.append("\(JSONString.quoted(name)):\(json)") }
    }

    /// - Parameter string: becomes a string. Nil leaves the member out.
    mutating func add(_ name: String, string: String?) {
        self.add(name, json: string.map(JSONString.quoted))
    }

    /// - Parameter strings: become an array of strings.
    mutating func add(_ name: String, strings: [String]) {
        self.add(name, json: "[\(strings.map(JSONString.quoted).joined(separator: ","))]")
    }
}
