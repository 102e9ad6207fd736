// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension ConfigurationReader {
    /// Reports what the layers hold and nobody read. Values are never shown: whether they are secret is not known.
    func reportUnread() {
        let keys = Set(keysRead)
        let sections = Set(keysRead.flatMap(Self.sections(above:)))
        reportUnreadItems(keys: keys, sections: sections)
        reportUnreadVariables()
        for key in flags.keys.sorted() where !keys.contains(key) {
            let suggestion = suggestion(for: key, among: keysRead)
            report(.unknownKey, .flag(name: FlagName.of(key)), key, "unknown key\(suggestion)")
        }
    }

    private func reportUnreadItems(keys: Set<String>, sections: Set<String>) {
        // What stands in a section that was refused is not told again.
        var refused: String?
        for item in file.items {
            if let refused, item.key.hasPrefix(refused) { continue }
            let fits: Bool
            if keys.contains(item.key) {
                fits = checkShape(ofKey: item)
            } else if sections.contains(item.key) {
                fits = checkShape(ofSection: item)
            } else {
                let (kind, known) = item.isSection ? ("section", sections.sorted()) : ("key", keysRead)
                let suggestion = suggestion(for: item.key, among: known)
                report(.unknownKey, origin(of: item), item.key, "unknown \(kind)\(suggestion)")
                fits = false
            }
            refused = fits ? nil : item.key + "."
        }
    }

    private func checkShape(ofKey item: ConfigurationFile.Item) -> Bool {
        guard item.isSection else { return true }
        // Told already when it was read, unless a flag or a variable was read in its place.
        let read = entries.first { $0.key == item.key }
        if find(item.key, isSecret: read?.isSecret == true)?.origin != origin(of: item) {
            report(.wrongShape, origin(of: item), item.key, "is a section, not a value")
        }
        return false
    }

    private func checkShape(ofSection item: ConfigurationFile.Item) -> Bool {
        switch item.value.content {
        case .section, .nothing: return true
        case .text, .list:
            report(.wrongShape, origin(of: item), item.key, "is a value, not a section")
            return false
        }
    }

    private func origin(of item: ConfigurationFile.Item) -> ConfigurationOrigin {
        .file(path: file.path, line: item.line)
    }

    private func reportUnreadVariables() {
        let names =
            entries.map(\.environmentName)
            + entries.filter(\.isSecret).map { EnvironmentName.ofFile($0.environmentName) }
        let known = Set(names)
        for name in environment.keys.sorted() where name.hasPrefix(environmentPrefix) {
            guard !known.contains(name), !EnvironmentName.isListed(name, in: ignoredEnvironment) else { continue }
            let suggestion = suggestion(for: name, among: names)
            report(.unknownKey, .environment(name: name), nil, "unknown variable\(suggestion)")
        }
    }

    private func suggestion(for name: String, among candidates: [String]) -> String {
        isFull ? "" : Suggestion.text(for: name, among: candidates)
    }

    // `a` and `a.b` for `a.b.c`.
    private static func sections(above key: String) -> [String] {
        key.indices.filter { key[$0] == "." }.map { String(key[..<$0]) }
    }
}
