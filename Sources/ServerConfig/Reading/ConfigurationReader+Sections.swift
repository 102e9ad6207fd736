// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// What a file may hold below a key beside values: lists of sections, and sections whose names are free. Neither the
// environment nor a flag can give them.
extension ConfigurationReader {
    /// Reads a list of sections, each like a file of its own. What is wrong in one is wrong here.
    ///
    /// - Parameter read: reads one section; called for each, in their order.
    package func sections<Value>(_ key: String, read: (ConfigurationReader) -> Value) -> [Value] {
        var values: [Value] = []
        var inner: [ConfigurationEntry] = []
        let item = file[key]
        var count = 0
        switch item?.value.content {
        case .list(let elements):
            count = elements.count
            for (index, element) in elements.enumerated() {
                guard case .section(let members) = element.content else {
                    let origin = ConfigurationOrigin.file(path: file.path, line: element.line)
                    report(.wrongShape, origin, key, "element \(index + 1) is not a section")
                    continue
                }
                let reader = ConfigurationReader(
                    file: ConfigurationFile(path: file.path, line: element.line, section: members))
                values.append(read(reader))
                for problem in reader.finalProblems() {
                    report(problem.code, problem.origin, problem.key.map { "\(key).\($0)" } ?? key, problem.message)
                }
                inner += reader.entries.map { $0.under("\(key).\(index + 1)") }
            }
        case .nothing, nil:
            break
        case .text, .section:
            report(.wrongShape, origin(of: key), key, "is not a list of sections")
        }
        noteSections(key, "a list of sections", count == 0 ? "[]" : "\(count)", none: "[]")
        entries += inner
        return values
    }

    /// Reads a section whose names are free, all values of one type.
    ///
    /// - Parameter isName: whether a name may stand there.
    package func dictionary<Value>(
        _ key: String, of type: ConfigurationType<Value>, where isName: (String) -> String?
    ) -> [String: Value] {
        var values: [String: Value] = [:]
        var count = 0
        switch file[key]?.value.content {
        case .section(let members):
            count = members.count
            for member in members {
                let origin = ConfigurationOrigin.file(path: file.path, line: member.line)
                if let reason = isName(member.key) {
                    report(.invalidValue, origin, "\(key).\(ConfigurationKey.visible(member.key))", reason)
                } else if let value = optional("\(key).\(member.key)", type) {
                    values[member.key] = value
                }
            }
        case .nothing, nil:
            break
        case .text, .list:
            report(.wrongShape, origin(of: key), key, "is not a section")
        }
        noteSections(key, "a section", count == 0 ? "{}" : "\(count)", none: "{}")
        return values
    }

    private func origin(of key: String) -> ConfigurationOrigin {
        file[key].map { .file(path: file.path, line: $0.line) } ?? .default
    }

    private func noteSections(_ key: String, _ expectation: String, _ value: String, none: String) {
        note(
            ConfigurationEntry(
                key: key, environmentName: environmentName(of: key), expectation: expectation, value: value,
                defaultValue: none, origin: origin(of: key), secret: nil
            )
        )
    }
}
