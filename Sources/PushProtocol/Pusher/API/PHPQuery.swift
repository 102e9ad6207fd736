// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Parameters as PHP's `parse_str` reads them, with lists joined by commas. Nested lists are flat here.
struct PHPQuery {
    private enum Value {
        case text(String)
        /// The elements by their keys, in the order in which they came.
        case list([(key: String, value: String)])
    }

    private var values: [String: Value] = [:]
    private var nextKeys: [String: Int] = [:]

    /// Takes the next parameter, decoded.
    mutating func add(_ name: String, _ value: String) {
        let bytes = name.utf8
        guard bytes.last == UInt8(ascii: "]"), let bracket = bytes.firstIndex(of: UInt8(ascii: "[")),
            bracket > bytes.startIndex
        else {
            self.values[name] = .text(value)
            return
        }
        let list = String(name[..<bracket])
        self.add(value, key: String(name[bytes.index(after: bracket)...].dropLast()), to: list)
    }

    /// The parameters, each name once, in no order.
    var items: [(name: String, value: String)] {
        self.values.map { name, value in
            switch value {
            case .text(let text): (name, text)
            case .list(let elements): (name, elements.map(\.value).joined(separator: ","))
            }
        }
    }

    private mutating func add(_ value: String, key: String, to list: String) {
        var elements: [(key: String, value: String)] = []
        if case .list(let known)? = self.values[list] { elements = known } else { self.nextKeys[list] = 0 }
        let key = key.isEmpty ? "\(self.nextKeys[list] ?? 0)" : key
        if let number = Int(key) { self.nextKeys[list] = max(self.nextKeys[list] ?? 0, number &+ 1) }
        if let index = elements.firstIndex(where: { $0.key == key }) {
            elements[index].value = value
        } else {
            elements.append((key, value))
        }
        self.values[list] = .list(elements)
    }
}
