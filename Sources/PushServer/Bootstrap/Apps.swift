// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Logging
internal import PushCore
internal import ServerConfig
internal import Storage

/// The apps whose clients use channels: those of the file that the configuration names, or else of one in the data
/// directory, which the first start writes with one app.
enum Apps {
    /// The file in the data directory, where that is the one in use and there.
    static func generatedFile(_ configuration: ServerConfiguration) -> String? {
        let path = DataDirectory(configuration).apps
        return configuration.appsFile == nil && FileManager.default.fileExists(atPath: path) ? path : nil
    }

    /// The apps, without generating one; nil where there is no file and none is named.
    static func load(_ configuration: ServerConfiguration) throws(ConfigurationError) -> AppsFile? {
        guard let path = configuration.appsFile ?? self.generatedFile(configuration) else { return nil }
        let file = try AppsFile(reading: path)
        try configuration.checkWebhooks(of: file.apps)
        return file
    }

    /// The apps; where there is no file and none is named, one is generated.
    static func loadOrGenerate(
        _ configuration: ServerConfiguration, logger: Logger
    ) throws -> [AppConfiguration] {
        if let file = try self.load(configuration) { return file.apps }
        // Where another system knows the apps, none is made up.
        guard configuration.appSource.source == .file else { return [] }
        let app = self.generate()
        let path = DataDirectory(configuration).apps
        do {
            try DataDirectory.write(self.text(of: app), to: path)
        } catch {
            throw StorageError(code: .cannotOpen, message: "cannot write \(path): \(error)")
        }
        logger.notice("generated an app", metadata: ["app": "\(app.id)", "key": "\(app.key)", "file": "\(path)"])
        return [app]
    }

    private static func generate() -> AppConfiguration {
        AppConfiguration(
            id: "\(Int.random(in: 100_000...9_999_999))", key: self.hexadecimal(bytes: 10),
            secret: self.hexadecimal(bytes: 20), allowsClientEvents: true
        )
    }

    private static func hexadecimal(bytes: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<bytes).map { _ in
            let byte = UInt8.random(in: .min ... .max, using: &generator)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    private static func text(of app: AppConfiguration) -> String {
        """
        # Generated at the first start: the apps whose clients use channels. The key is public, the secret is for
        # backends alone. config/apps.yaml shows everything that an app may have; a reload takes what is changed here.
        - id: "\(app.id)"
          key: "\(app.key)"
          secret: "\(app.secret)"
          clientEvents: \(app.allowsClientEvents)

        """
    }
}

extension AppDirectory {
    /// The apps as they are when the server starts.
    ///
    /// - Parameter trafficLoops: how many loops count traffic by app; 0 = none.
    convenience init(_ configuration: ServerConfiguration, trafficLoops: Int, logger: Logger) throws {
        let apps = try Apps.loadOrGenerate(configuration, logger: logger)
        self.init(apps, chat: try configuration.chatApp(among: apps), trafficLoops: trafficLoops)
    }
}
