// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Yams

/// Turns the bytes of a YAML file into a `ConfigurationNode`.
///
/// Yams composes the nodes, but does not resolve the aliases: it shares the nodes of an alias and then hashes them as
/// keys, which takes exponential time on an alias bomb. Instead every `*` becomes `aliasMark` before the text is
/// parsed. An unquoted scalar cannot begin with `*` in YAML, so one that begins with the mark is exactly an alias, and
/// it is resolved here, where depth and size are counted; every other mark is turned back.
struct YAMLComposer {
    private static let aliasMark: Unicode.Scalar = "\u{E000}"

    private var anchors: [String: ConfigurationNode] = [:]

    /// The root of the only document; nil when the text holds none.
    ///
    /// Runs on a thread of its own because Yams recurses (`ComposerThread`); the caller waits.
    static func compose(_ bytes: [UInt8]) throws(YAMLFailure) -> ConfigurationNode? {
        let text = try YAMLText.checked(bytes, reserving: aliasMark)
        return try ComposerThread.run { () throws(YAMLFailure) in
            try composeMarked(text.replacingScalar("*", with: aliasMark))
        }.get()
    }

    private static func composeMarked(_ text: String) throws(YAMLFailure) -> ConfigurationNode? {
        do {
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            // Nodes hold their anchors weakly; the parser owns them.
            defer { withExtendedLifetime(parser) {} }
            var composer = YAMLComposer()
            return try parser.singleRoot().map { try composer.convert($0) }
        } catch let failure as YAMLFailure {
            throw failure
        } catch {
            throw YAMLFailure(error, in: text)
        }
    }

    private mutating func convert(_ node: Node) throws(YAMLFailure) -> ConfigurationNode {
        let line = node.mark?.line ?? 1
        let converted: ConfigurationNode
        switch node {
        case .scalar(let scalar):
            if scalar.style == .plain, scalar.string.unicodeScalars.first == Self.aliasMark {
                return try resolve(scalar, at: line)
            }
            try checkTag(node, is: .str, at: line)
            let isNothing = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            let content = isNothing ? .nothing : ConfigurationNode.Content.text(Self.restored(scalar.string))
            converted = try ConfigurationNode(line: line, content: content)
        case .sequence(let sequence):
            try checkTag(node, is: .seq, at: line)
            var elements: [ConfigurationNode] = []
            for element in sequence {
                elements.append(try convert(element))
            }
            converted = try ConfigurationNode(line: line, content: .list(elements))
        case .mapping(let mapping):
            try checkTag(node, is: .map, at: line)
            var members: [ConfigurationNode.Member] = []
            for (key, value) in mapping {
                members.append(try member(key, value))
            }
            converted = try ConfigurationNode(line: line, content: .section(members))
        case .alias:
            throw YAMLFailure(line: line, message: "an alias that cannot be resolved")
        }
        if let anchor = node.anchor {
            anchors[anchor.rawValue] = converted
        }
        return converted
    }

    private mutating func member(_ key: Node, _ value: Node) throws(YAMLFailure) -> ConfigurationNode.Member {
        let line = key.mark?.line ?? 1
        guard case .scalar(let scalar) = key, scalar.string.unicodeScalars.first != Self.aliasMark else {
            throw YAMLFailure(line: line, message: "a key must be a plain name")
        }
        guard scalar.style != .plain || scalar.string != "<<" else {
            throw YAMLFailure(line: line, message: "merge keys ('<<') are not supported")
        }
        // For its anchor and its tag.
        _ = try convert(key)
        let value = try convert(value)
        return ConfigurationNode.Member(key: Self.restored(scalar.string), line: line, value: value)
    }

    private func resolve(_ scalar: Node.Scalar, at line: Int) throws(YAMLFailure) -> ConfigurationNode {
        let name = scalar.string.unicodeScalars.dropFirst()
        guard !name.isEmpty, scalar.anchor == nil, name.allSatisfy(Self.isAnchorCharacter) else {
            throw YAMLFailure(line: line, message: "a text that begins with '*' must be quoted")
        }
        guard let node = anchors[String(name)] else {
            throw YAMLFailure(line: line, message: "no anchor \(Excerpt.quoted(String(name))) stands before this alias")
        }
        return ConfigurationNode(node, aliasedAt: line)
    }

    private func checkTag(_ node: Node, is expected: Tag.Name, at line: Int) throws(YAMLFailure) {
        guard node.tag == Tag(expected) else {
            throw YAMLFailure(line: line, message: "tags such as !!int are not supported")
        }
    }

    private static func isAnchorCharacter(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "-" || scalar == "_" || (scalar.isASCII && scalar.properties.isAlphabetic)
            || ("0"..."9").contains(scalar)
    }

    private static func restored(_ text: String) -> String {
        text.replacingScalar(aliasMark, with: "*")
    }
}

extension String {
    // By scalars, as a `*` before a combining character is another `Character`.
    fileprivate func replacingScalar(_ old: Unicode.Scalar, with new: Unicode.Scalar) -> String {
        guard unicodeScalars.contains(old) else { return self }
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: unicodeScalars.lazy.map { $0 == old ? new : $0 })
        return String(scalars)
    }
}
