// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A file that holds one secret, or a list of them with one on each line: what a variable `NAME_FILE` names. Secrets of
/// containers and credentials of systemd come like this.
enum SecretFile {
    /// The largest file that is read, in bytes.
    static let maximumBytes = 64 * 1024

    /// Why a file is not used. Says nothing of what it holds, nor its path: that may be a secret in the wrong variable.
    struct Failure: Error, Equatable {
        let message: String
    }

    /// The text of a file without the newline at its end. Blocks: for start and reload, not for an event loop.
    static func text(path: String) throws(Failure) -> String {
        guard let text = String(validating: try self.bytes(path: path), as: UTF8.self) else {
            throw Failure(message: "names a file that is not UTF-8 text")
        }
        let content = text.last?.isNewline == true ? String(text.dropLast()) : text
        guard !content.isEmpty else { throw Failure(message: "names a file that is empty") }
        return content
    }

    // One byte more than allowed tells that a file is too large; a pipe is read like a file.
    private static func bytes(path: String) throws(Failure) -> ArraySlice<UInt8> {
        guard let stream = fopen(path, "rbe") else { throw Self.unreadable() }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: self.maximumBytes + 1)
        let count = fread(&bytes, 1, bytes.count, stream)
        guard ferror(stream) == 0 else { throw Self.unreadable() }
        guard count <= self.maximumBytes else {
            throw Failure(message: "names a file that is larger than \(ByteCount.text(self.maximumBytes))")
        }
        return bytes.prefix(count)
    }

    /// What `errno` holds now.
    private static func unreadable() -> Failure {
        Failure(message: "names a file that cannot be read: \(String(cString: strerror(errno)))")
    }
}
