// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

extension ConfigurationFile {
    /// What it means that there is no file at a path.
    package enum Absence: Sendable {
        /// The operator named the file: that it is missing is a problem.
        case problem
        /// It is only the place where a file would be looked for.
        case accepted
    }

    /// Reads and parses a file. Blocks: for start and reload, not for an event loop.
    ///
    /// A pipe is read like a file, up to the largest size. Errors of the system stand in `problems`.
    package static func read(_ path: String, absence: Absence) -> ConfigurationFile {
        do throws(SystemFailure) {
            return ConfigurationFile(path: path, bytes: try bytes(of: path))
        } catch {
            if error.code == ENOENT, absence == .accepted {
                return ConfigurationFile(path: path, problems: [])
            }
            return ConfigurationFile(path: path, problems: [error.problem(path)])
        }
    }

    /// The bytes of a file: one more than allowed of one that is too large, for the check of its size to see.
    static func bytes(of path: String) throws(SystemFailure) -> [UInt8] {
        guard let stream = fopen(path, "rb") else { throw SystemFailure() }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: maximumSize + 1)
        let count = fread(&bytes, 1, bytes.count, stream)
        guard ferror(stream) == 0 else { throw SystemFailure() }
        return Array(bytes.prefix(count))
    }

    /// Why a file could not be read.
    struct SystemFailure: Error {
        let code: Int32
        let text: String

        /// Copies what `errno` holds now.
        init() {
            code = errno
            text = String(cString: strerror(code))
        }

        func problem(_ path: String) -> ConfigurationProblem {
            let origin = ConfigurationOrigin.file(path: path, line: nil)
            let message = "cannot be read: \(text)"
            return ConfigurationProblem(code: .unreadableFile, origin: origin, key: nil, message: message)
        }
    }
}
