// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// The parameters of a call of Pusher's HTTP API, from its query or from a form: decoded, their names in lower case and in
/// the order of their bytes, as they are signed.
package struct APIParameters: Sendable {
    /// The most parameters of a call: a hundred channels, and room for the rest.
    package static let maximumCount = 128

    /// Ordered by name; those of one name as they were given.
    private var items: [(name: String, value: String)] = []

    /// Splits and decodes a text.
    ///
    /// - Throws: 400 where there are too many, or where escapes are no UTF-8.
    package init(_ text: String) throws(APIError) {
        for (name, value) in try Self.decoded(text) { self.insert(Self.lowercased(name), value) }
    }

    /// Reads a query as the server of a dialect does. What is signed is what is used: both come from here.
    ///
    /// Outside of Pusher's dialect that is PHP's way: names keep their case, of one name the last value counts, and a
    /// list (`name[]=a&name[]=b`) is one value, joined by commas.
    ///
    /// - Throws: 400 where there are too many, or where escapes are no UTF-8.
    package init(query text: String, dialect: Dialect) throws(APIError) {
        let items = try Self.decoded(text)
        if dialect == .pusher {
            for (name, value) in items { self.insert(Self.lowercased(name), value) }
        } else {
            var query = PHPQuery()
            for (name, value) in items { query.add(name, value) }
            for (name, value) in query.items { self.insert(name, value) }
        }
    }

    private static func decoded(_ text: String) throws(APIError) -> [(name: String, value: String)] {
        var items: [(name: String, value: String)] = []
        for item in text.utf8.split(separator: UInt8(ascii: "&")) {
            guard items.count < Self.maximumCount else {
                throw .badRequest("more than \(Self.maximumCount) parameters")
            }
            let equals = item.firstIndex(of: UInt8(ascii: "=")) ?? item.endIndex
            guard let name = PercentEncoding.decode(Substring(item[..<equals]), plusIsSpace: true),
                let value = PercentEncoding.decode(Substring(item[equals...].dropFirst()), plusIsSpace: true)
            else { throw .badRequest("a parameter is not UTF-8") }
            items.append((name, value))
        }
        return items
    }

    /// The first value of a name.
    package subscript(_ name: String) -> String? {
        self.items.first { $0.name == name }?.value
    }

    /// The values of a list: `name[]=a&name[]=b`, or as PHP writes it `name[0]=a&name[1]=b`.
    package func list(_ name: String) -> [String] {
        self.items.filter { item in
            guard item.name.hasPrefix(name), item.name.hasSuffix("]") else { return false }
            let index = item.name.dropFirst(name.count)
            return index.first == "[" && index.dropFirst().dropLast().utf8.allSatisfy { 0x30...0x39 ~= $0 }
        }.map(\.value)
    }

    /// The parameters with one more.
    func with(_ name: String, _ value: String) -> APIParameters {
        var parameters = self
        parameters.insert(name, value)
        return parameters
    }

    /// The parameters as they are signed: all of them but the signature, not escaped.
    func appendSigned(to text: inout String) {
        var isFirst = true
        for item in self.items where item.name != "auth_signature" {
            if !isFirst { text.append("&") }
            isFirst = false
            text.append(item.name)
            text.append("=")
            text.append(item.value)
        }
    }

    /// Callers send them in order: most often it is the last place.
    private mutating func insert(_ name: String, _ value: String) {
        var place = self.items.endIndex
        while place > 0, name.utf8.lexicographicallyPrecedes(self.items[place - 1].name.utf8) { place -= 1 }
        self.items.insert((name, value), at: place)
    }

    /// Of ASCII alone, as other letters are no part of a name.
    private static func lowercased(_ name: String) -> String {
        guard name.utf8.contains(where: { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }) else { return name }
        return String(decoding: name.utf8.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
