// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// One YAML file, flattened to dotted keys with their lines.
///
/// Strict: UTF-8, one document, at most 1 MiB, 16 levels and 100,000 values; keys are plain names and stand once in
/// their section; aliases are resolved; tags, directives and merge keys are refused. What is wrong does not throw: it
/// stands in `problems`, so that the reader tells it together with everything else.
package struct ConfigurationFile: Sendable {
    /// One key of the file, of a section or of a value.
    struct Item: Sendable {
        let key: String
        let line: Int
        let value: ConfigurationNode

        var isSection: Bool {
            if case .section = value.content { true } else { false }
        }
    }

    /// The largest file that is read, in bytes.
    package static let maximumSize = 1 << 20

    /// No file: everything comes from flags, the environment and the defaults.
    package static let none = ConfigurationFile(path: "", problems: [])

    /// The path as the operator wrote it.
    package let path: String
    /// The line that what is read begins on, where that is a section of the file; nil where it is all of it.
    let line: Int?
    /// What is wrong with the file as such.
    package private(set) var problems: [ConfigurationProblem]

    /// Sections and values in the order of the file, a section before what is in it.
    private(set) var items: [Item] = []
    private var positions: [String: Int] = [:]

    /// Parses a file that was read already.
    ///
    /// - Parameters:
    ///   - path: how errors name the file.
    ///   - bytes: what it holds.
    package init(path: String, bytes: [UInt8]) {
        self.init(path: path, problems: [])
        do throws(ConfigurationProblem) {
            guard let root = try Self.root(of: bytes, path: path) else { return }
            add(root)
        } catch {
            problems = [error]
        }
    }

    init(path: String, problems: [ConfigurationProblem]) {
        self.path = path
        self.line = nil
        self.problems = problems
    }

    /// A section of a file, read as if it were all of it.
    init(path: String, line: Int, section members: [ConfigurationNode.Member]) {
        self.path = path
        self.line = line
        self.problems = []
        add(members, under: nil)
    }

    /// What a file holds; nil where that is nothing.
    static func root(of bytes: [UInt8], path: String) throws(ConfigurationProblem) -> ConfigurationNode? {
        guard bytes.count <= maximumSize else { throw .tooLarge(path) }
        do throws(YAMLFailure) {
            return try YAMLComposer.compose(bytes)
        } catch {
            throw .malformed(path, line: error.line, error.message)
        }
    }

    /// Whether nothing could be taken from the file.
    var isUnusable: Bool {
        items.isEmpty && !problems.isEmpty
    }

    /// What the file says under a key.
    subscript(key: String) -> Item? {
        positions[key].map { items[$0] }
    }

    private mutating func add(_ root: ConfigurationNode) {
        switch root.content {
        case .nothing: break
        case .section(let members): add(members, under: nil)
        case .text, .list: problems.append(.malformed(path, line: root.line, "holds no sections"))
        }
    }

    // Bounded by the height and weight of a node.
    private mutating func add(_ members: [ConfigurationNode.Member], under section: String?) {
        for member in members {
            let key = [section, ConfigurationKey.visible(member.key)].compactMap(\.self).joined(separator: ".")
            guard ConfigurationKey.isValid(member.key) else {
                let rule = "a key is made of letters, digits, '-' and '_'; sections nest, they are not joined by dots"
                problems.append(.malformed(path, line: member.line, key: key, rule))
                continue
            }
            positions[key] = items.count
            items.append(Item(key: key, line: member.line, value: member.value))
            if case .section(let inner) = member.value.content {
                add(inner, under: key)
            }
        }
    }
}

extension ConfigurationProblem {
    static func tooLarge(_ path: String) -> ConfigurationProblem {
        let message = "is larger than \(ByteCount.text(ConfigurationFile.maximumSize))"
        let origin = ConfigurationOrigin.file(path: path, line: nil)
        return ConfigurationProblem(code: .unreadableFile, origin: origin, key: nil, message: message)
    }
    static func malformed(
        _ path: String, line: Int?, key: String? = nil, _ message: String
    ) -> ConfigurationProblem {
        let origin = ConfigurationOrigin.file(path: path, line: line)
        return ConfigurationProblem(code: .malformedFile, origin: origin, key: key, message: message)
    }
}
