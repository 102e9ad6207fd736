// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Yams

extension YAMLFailure {
    /// What Yams says, without the snippet of the text it would print: that line may hold a secret.
    init(_ error: any Error, in text: String) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            self.init(context, problem, mark, in: text)
        case .reader(let problem, let offset, _, _):
            let line = offset.map { YAMLText.line(after: text.prefix($0)) }
            self.init(line: line, message: "is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let names, let context):
            let keys = names.map { Excerpt.quoted(ConfigurationKey.visible($0)) }.sorted().joined(separator: ", ")
            self.init(line: context.mark.line, message: "\(keys) stands more than once in its section")
        default:
            self.init(line: nil, message: "is not YAML")
        }
    }

    private init(_ context: YamlError.Context?, _ problem: String, _ mark: Mark, in text: String) {
        if problem.hasPrefix("Maximum nesting") {
            self.init(line: mark.line, message: "nests too deeply")
        } else if Self.isIndentedWithTab(mark.line, of: text) {
            self.init(line: mark.line, message: "is not YAML: indented with a tab; use spaces")
        } else {
            let place = context.map { " (\($0.text), line \($0.mark.line))" } ?? ""
            self.init(line: mark.line, message: "is not YAML: \(problem)\(place)")
        }
    }

    private static func isIndentedWithTab(_ line: Int, of text: String) -> Bool {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return false }
        return lines[line - 1].prefix { $0 == " " || $0 == "\t" }.contains("\t")
    }
}
