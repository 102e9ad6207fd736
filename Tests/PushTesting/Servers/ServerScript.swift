// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOPosix

/// A server of the tests' own, in a directory that goes with it.
///
/// A shell script starts it and obeys words on its standard input, each of which it answers by repeating it. At its
/// end, when this process is gone however it went, it kills the server and removes the directory.
package final class ServerScript: Sendable {
    /// What the script said instead of what was expected.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// What the script obeys.
    enum Word: String {
        case start, stop, kill, freeze, thaw
    }

    /// What the script calls `$dir`.
    let directory: String

    private let script: Process
    private let commands: FileHandle
    private let answers: FileHandle

    /// Starts the script, and waits until it says that everything is installed.
    ///
    /// - Parameters:
    ///   - source: `start`, a shell function that starts the server in the background, sets `pid`, and returns when it
    ///     answers; `install`, one that prepares the directory `$dir`. The arguments are `$1`, `$2`, ….
    static func run(name: String, source: String, arguments: [String]) async throws -> ServerScript {
        let script = try ServerScript(name: name, source: source, arguments: arguments)
        try await script.expect("installed")
        return script
    }

    private init(name: String, source: String, arguments: [String]) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("\(name)-test-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let script = Process()
        let commands = Pipe()
        let answers = Pipe()
        script.executableURL = URL(fileURLWithPath: "/bin/sh")
        script.arguments = ["-c", source + Self.loop, "sh", directory.path] + arguments
        script.standardInput = commands
        script.standardOutput = answers
        script.standardError = FileHandle.nullDevice
        try Self.withoutBlockedSignals { try script.run() }
        self.directory = directory.path
        self.script = script
        self.commands = commands.fileHandleForWriting
        self.answers = answers.fileHandleForReading
    }

    /// Has the script obey a word, and waits until it has.
    func obey(_ word: Word) async throws {
        try self.commands.write(contentsOf: Data("\(word.rawValue)\n".utf8))
        try await self.expect(word.rawValue)
    }

    /// Ends the server and its script, which removes the data.
    func end() async throws {
        try self.commands.close()
        let script = self.script
        try await NIOThreadPool.singleton.runIfActive { script.waitUntilExit() }
    }

    /// A process begins with the signals blocked that its parent's thread has blocked, which for a thread that tasks run
    /// on is most of them: a shell would not hear of the end of what it waits for.
    private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    private func expect(_ expected: String) async throws {
        let answers = self.answers
        // Not on a thread that tasks run on: it blocks.
        let line = try await NIOThreadPool.singleton.runIfActive {
            var line: [UInt8] = []
            while let byte = try answers.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") { line.append(byte) }
            return String(decoding: line, as: UTF8.self)
        }
        guard line == expected else { throw Failure(description: "the server's script said '\(line)'") }
    }

    private static let loop = """

        dir=$1 pid=
        shift
        PATH=$PATH:/usr/sbin:/usr/local/sbin
        trap 'kill -9 $pid; wait; rm -rf "$dir"' EXIT
        # The system hangs up on a group with a stopped process in it when its parent goes.
        trap '' HUP
        install "$@" </dev/null >"$dir/install.log" 2>&1 || { tr '\\n' ' ' <"$dir/install.log"; exit 1; }
        echo installed
        while read -r command; do
            case $command in
            start) start "$@" </dev/null >>"$dir/server.log" 2>&1 ;;
            stop) kill $pid; wait $pid ;;
            kill) kill -9 $pid; wait $pid ;;
            freeze) kill -STOP $pid; until grep -q '^State:.T' /proc/$pid/status; do :; done ;;
            thaw) kill -CONT $pid ;;
            esac
            echo "$command"
        done
        """
}
