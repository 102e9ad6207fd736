// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// Where the value of a key comes from: flags over the environment over the file.
extension ConfigurationReader {
    /// What a layer holds under a key.
    struct Found {
        let content: ConfigurationNode.Content
        let origin: ConfigurationOrigin
    }

    /// The uppermost layer that has a value; nil where none has, and where the one that would is not usable, which is
    /// then a problem.
    ///
    /// - Parameter isSecret: whether a variable `NAME_FILE` may name a file that holds the value.
    func find(_ key: String, isSecret: Bool) -> Found? {
        if let text = flags[key] {
            return Found(content: .text(text), origin: .flag(name: FlagName.of(key)))
        }
        let name = environmentName(of: key)
        let text = environment[name].flatMap { $0.isEmpty ? nil : $0 }
        let fileVariable = EnvironmentName.ofFile(name)
        if isSecret, let path = environment[fileVariable], !path.isEmpty {
            return secret(key, in: path, variable: fileVariable, isGivenTwice: text != nil)
        }
        if let text {
            return Found(content: .text(text), origin: .environment(name: name))
        }
        guard let item = file[key] else { return nil }
        if case .nothing = item.value.content { return nil }
        return Found(content: item.value.content, origin: .file(path: file.path, line: item.line))
    }

    private func secret(_ key: String, in path: String, variable: String, isGivenTwice: Bool) -> Found? {
        let origin = ConfigurationOrigin.environment(name: variable)
        guard !isGivenTwice else {
            report(.invalidValue, origin, key, "and \(environmentName(of: key)) are both set; one of them has to go")
            return nil
        }
        do throws(SecretFile.Failure) {
            let text = try SecretFile.text(path: path)
            return Found(content: .text(text), origin: .secretFile(variable: variable, path: path))
        } catch {
            report(.unreadableFile, origin, key, error.message)
            return nil
        }
    }
}
