// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A YAML value with its line: aliases resolved, scalars not interpreted, size and depth bounded.
struct ConfigurationNode: Sendable {
    /// What a value is.
    enum Content: Sendable {
        /// `null`, `~` or nothing at all.
        case nothing
        /// A scalar, quoted or not.
        case text(String)
        /// A sequence.
        case list([ConfigurationNode])
        /// A mapping in the order of the file; no key twice.
        case section([Member])
    }

    /// One key of a section and its value.
    struct Member: Sendable {
        let key: String
        let line: Int
        let value: ConfigurationNode
    }

    /// How deep sections and lists may nest.
    static let maximumHeight = 16
    /// How many values one file may hold once its aliases are expanded: what stops an alias bomb.
    static let maximumWeight = 100_000

    /// The line the value begins on, counted from 1; of an alias, the line it is used on.
    let line: Int
    let content: Content
    /// 1 for a scalar, one more than the highest child otherwise.
    let height: Int
    /// How many nodes this one stands for, itself included.
    let weight: Int

    /// A node over its children; fails where they nest too deep or have become too many.
    init(line: Int, content: Content) throws(YAMLFailure) {
        let children: [ConfigurationNode]
        switch content {
        case .nothing, .text: children = []
        case .list(let elements): children = elements
        case .section(let members): children = members.map(\.value)
        }
        self.line = line
        self.content = content
        self.height = 1 + (children.lazy.map(\.height).max() ?? 0)
        // Cannot overflow: no child weighs more than the maximum, and a file of 1 MiB holds no more than a million.
        self.weight = children.reduce(1) { $0 + $1.weight }
        guard height <= Self.maximumHeight else {
            throw YAMLFailure(line: line, message: "sections and lists nest deeper than \(Self.maximumHeight)")
        }
        guard weight <= Self.maximumWeight else {
            throw YAMLFailure(line: line, message: "holds more than \(Self.maximumWeight) values, aliases expanded")
        }
    }

    /// The same value used at another line through an alias.
    init(_ node: ConfigurationNode, aliasedAt line: Int) {
        self.line = line
        self.content = node.content
        self.height = node.height
        self.weight = node.weight
    }
}
