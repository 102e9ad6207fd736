// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation
internal import HTTPProxy
internal import PushProtocol
internal import ServerConfig
internal import Storage
internal import UDPIngest

/// The secrets by which backends are known: the configured ones, and where there are none, generated ones, which only
/// serve this machine.
struct Secrets {
    let allow: [UDPConfiguration.AllowEntry]
    let serverKeys: [String]

    /// The secret for datagrams from this machine.
    var loopbackSecret: String? {
        guard let loopback = IPAddress("127.0.0.1") else { return nil }
        return self.allow.first { $0.range.contains(loopback) }?.secret
    }

    /// The file of generated secrets, where there is one.
    static func existingFile(_ configuration: ServerConfiguration) -> String? {
        let path = DataDirectory(configuration).secrets
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    /// The secrets, without generating any.
    static func load(_ configuration: ServerConfiguration) throws -> Secrets {
        var allow = configuration.udp.allow
        var keys = configuration.http.serverKeys
        if allow.isEmpty || keys.isEmpty, let path = self.existingFile(configuration) {
            let generated = try GeneratedSecrets.read(path: path)
            if allow.isEmpty { allow = generated.allow }
            if keys.isEmpty { keys = generated.serverKeys }
        }
        return Secrets(allow: allow, serverKeys: keys)
    }

    /// The secrets; those that are missing are generated and written to the data directory, for its owner alone.
    static func loadOrGenerate(_ configuration: ServerConfiguration) throws(StorageError) -> Secrets {
        let path = DataDirectory(configuration).secrets
        let isNeeded = configuration.udp.allow.isEmpty || configuration.http.serverKeys.isEmpty
        do {
            if isNeeded, self.existingFile(configuration) == nil { try self.generate(path) }
            return try self.load(configuration)
        } catch {
            throw StorageError(code: .cannotOpen, message: "cannot use \(path): \(error)")
        }
    }

    private static func generate(_ path: String) throws {
        func secret() -> String {
            SymmetricKey(size: .bits256).withUnsafeBytes { Base64.encode($0) }.filter { $0.isLetter || $0.isNumber }
        }
        let datagrams = secret()
        let text = """
            # Generated at the first start: the secrets by which backends on this machine are known. They hold as long as
            # the configuration sets none. Delete the file to have new ones made.
            udp:
              allow:
                - "127.0.0.0/8=\(datagrams)"
                - "::1=\(datagrams)"
            http:
              serverKeys:
                - "\(secret())"

            """
        try DataDirectory.write(text, to: path)
    }
}
