// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import ServerConfig
internal import Storage

/// The directory that holds what the server keeps itself; nobody else may look into it.
struct DataDirectory {
    let path: String

    init(_ configuration: ServerConfiguration) {
        self.path = configuration.process.dataDirectory
    }

    /// The embedded database.
    var database: String { self.path + "/push-server.sqlite" }
    /// Rows that the archive did not take before the last end.
    var spool: String { self.path + "/archive-spool.sqlite" }
    /// Events that wait for the backends of apps.
    var webhooks: String { self.path + "/webhooks.sqlite" }
    /// Generated secrets.
    var secrets: String { self.path + "/secrets.yaml" }

    /// The apps, where the configuration names no file of them.
    var apps: String { self.path + "/apps.yaml" }

    /// Creates the directory where it is missing.
    func create() throws(StorageError) {
        // Whatever is created from now on, by SQLite too, is the owner's alone.
        umask(0o077)
        do {
            try FileManager.default.createDirectory(
                atPath: self.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw StorageError(code: .cannotOpen, message: "data.directory: cannot create \(self.path): \(error)")
        }
    }

    /// Writes a file for its owner alone. Made under another name and renamed: half a file is never seen.
    static func write(_ text: String, to path: String) throws {
        let draft = path + ".new"
        guard
            FileManager.default.createFile(
                atPath: draft, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]
            )
        else { throw CocoaError(.fileWriteUnknown) }
        guard rename(draft, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
