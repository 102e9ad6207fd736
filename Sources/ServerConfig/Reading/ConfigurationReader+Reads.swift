// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension ConfigurationReader {
    /// Reads a single value of any type.
    ///
    /// - Returns: the default when the key is absent, and when the value is not one, which is then a problem.
    package func value<Value>(_ key: String, default: Value, _ type: ConfigurationType<Value>) -> Value {
        read(key, default: `default`, type, type.expectation, show: type.show) { single($0, key, type) } ?? `default`
    }

    /// Reads a single value of any type that may be absent.
    ///
    /// - Returns: nil when the key is absent, and when the value is not one, which is then a problem.
    package func optional<Value>(_ key: String, _ type: ConfigurationType<Value>) -> Value? {
        read(key, default: nil, type, type.expectation, show: type.show) { single($0, key, type) }
    }

    /// Reads a list of values of any type: a YAML list, or text outside a file, split at commas.
    ///
    /// In a file of secrets each line is an element. One that itself holds a comma can only stand there and in the YAML
    /// file. No element may be empty; the list may.
    ///
    /// - Returns: the default when the key is absent, and when an element is not one, which is then a problem.
    package func list<Value>(_ key: String, default: [Value], of type: ConfigurationType<Value>) -> [Value] {
        let show: ([Value]) -> String = { "[\($0.map(type.show).joined(separator: ", "))]" }
        return read(key, default: `default`, type, "a list, each \(type.expectation)", show: show) { found in
            guard let elements = elements(of: found) else {
                return reportShape(of: found, key, expected: "a list", isSecret: type.isSecret)
            }
            // Every element is looked at, so that every problem is told.
            let values = elements.enumerated().map { parse($1, number: $0 + 1, key, type) }
            return values.contains { $0 == nil } ? nil : values.compactMap(\.self)
        } ?? `default`
    }

    private func read<Value, Element>(
        _ key: String,
        default: Value?,
        _ type: ConfigurationType<Element>,
        _ expectation: String,
        show: (Value) -> String,
        parse: (Found) -> Value?
    ) -> Value? {
        let found = find(key, isSecret: type.isSecret)
        let value = found.map(parse) ?? `default`
        note(
            ConfigurationEntry(
                key: key,
                environmentName: environmentName(of: key),
                expectation: expectation,
                value: shown(value, by: show),
                defaultValue: shown(`default`, by: show),
                origin: found?.origin ?? .default,
                secret: type.isSecret ? SecretDigest(found?.content) : nil
            )
        )
        return value
    }

    private func shown<Value>(_ value: Value?, by show: (Value) -> String) -> String {
        value.map { Excerpt.escaped(show($0), maximumLength: .max) } ?? ConfigurationEntry.none
    }

    private func single<Value>(_ found: Found, _ key: String, _ type: ConfigurationType<Value>) -> Value? {
        guard case .text(let text) = found.content else {
            return reportShape(of: found, key, expected: "a single value", isSecret: type.isSecret)
        }
        return parse(text, found.origin, key, type)
    }

    private func parse<Value>(
        _ text: String,
        _ origin: ConfigurationOrigin,
        _ key: String,
        _ type: ConfigurationType<Value>
    ) -> Value? {
        if let value = type.parse(text, origin) {
            return value
        }
        report(.invalidValue, origin, key, "\(quoted(text, isSecret: type.isSecret)) is not \(type.expectation)")
        return nil
    }

    private func parse<Value>(
        _ element: Found,
        number: Int,
        _ key: String,
        _ type: ConfigurationType<Value>
    ) -> Value? {
        switch element.content {
        case .text(""), .nothing:
            report(.invalidValue, element.origin, key, "element \(number) is empty")
            return nil
        case .text(let text):
            return parse(text, element.origin, key, type)
        case .list, .section:
            report(.wrongShape, element.origin, key, "element \(number) is not a single value")
            return nil
        }
    }

    private func elements(of found: Found) -> [Found]? {
        switch (found.content, found.origin) {
        case (.list(let elements), .file(let path, _)):
            return elements.map { Found(content: $0.content, origin: .file(path: path, line: $0.line)) }
        case (.text(let text), .environment), (.text(let text), .flag):
            let parts = text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false)
            return parts.map { Found(content: .text(String($0.trimmingSpaces)), origin: found.origin) }
        case (.text(let text), .secretFile):
            return text.split(whereSeparator: \.isNewline).map {
                Found(content: .text(String($0)), origin: found.origin)
            }
        default:
            return nil
        }
    }

    private func reportShape<Value>(of found: Found, _ key: String, expected: String, isSecret: Bool) -> Value? {
        let message: String
        switch found.content {
        case .text(let text): message = "\(quoted(text, isSecret: isSecret)) is a single value, not \(expected)"
        case .list: message = "is a list, not \(expected)"
        case .section, .nothing: message = "is a section, not \(expected)"
        }
        report(.wrongShape, found.origin, key, message)
        return nil
    }

    private func quoted(_ text: String, isSecret: Bool) -> String {
        isSecret ? Excerpt.hidden : Excerpt.quoted(text)
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let start = drop(while: isSpace)
        let end = start.lastIndex { !isSpace($0) }
        return end.map { start[...$0] } ?? ""
    }
}
