// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// One YAML file that is a list of sections, each of which is read like a file of its own.
///
/// The list stands alone, or under a key that is the only one of the file. What is wrong does not throw: it stands in
/// `problems`, so that it is told together with what is wrong in the sections.
struct ConfigurationList: Sendable {
    /// The sections, in the order of the file.
    private(set) var sections: [ConfigurationFile] = []
    /// What is wrong with the file as such.
    private(set) var problems: [ConfigurationProblem] = []

    /// Parses a file that was read already.
    ///
    /// - Parameters:
    ///   - path: how errors name the file.
    ///   - bytes: what it holds.
    ///   - key: what the list may stand under.
    init(path: String, bytes: [UInt8], key: String) {
        do throws(ConfigurationProblem) {
            let root = try ConfigurationFile.root(of: bytes, path: path)
            self.add(try Self.elements(of: root, key: key, path: path), path: path)
        } catch {
            self.problems = [error]
        }
    }

    private init(problem: ConfigurationProblem) {
        self.problems = [problem]
    }

    /// Reads and parses a file. Blocks: for start and reload, not for an event loop.
    static func read(_ path: String, key: String) -> ConfigurationList {
        do throws(ConfigurationFile.SystemFailure) {
            return ConfigurationList(path: path, bytes: try ConfigurationFile.bytes(of: path), key: key)
        } catch {
            return ConfigurationList(problem: error.problem(path))
        }
    }

    // A file that was cut off or emptied by mistake is not taken for one that says: none.
    private static func elements(
        of root: ConfigurationNode?, key: String, path: String
    ) throws(ConfigurationProblem) -> [ConfigurationNode] {
        switch root?.content {
        case .list(let elements):
            return elements
        case .section(let members):
            for member in members where member.key != key {
                let name = ConfigurationKey.visible(member.key)
                let message = "unknown key\(Suggestion.text(for: name, among: [key]))"
                let origin = ConfigurationOrigin.file(path: path, line: member.line)
                throw ConfigurationProblem(code: .unknownKey, origin: origin, key: name, message: message)
            }
            if case .list(let elements) = members.first?.value.content { return elements }
        case .text, .nothing, nil:
            break
        }
        throw .malformed(path, line: root?.line, "holds no list of \(key); where there are none, write []")
    }

    private mutating func add(_ elements: [ConfigurationNode], path: String) {
        for (index, element) in elements.enumerated() {
            if case .section(let members) = element.content {
                self.sections.append(ConfigurationFile(path: path, line: element.line, section: members))
            } else {
                self.problems.append(.malformed(path, line: element.line, "element \(index + 1) is not a section"))
            }
        }
    }
}
