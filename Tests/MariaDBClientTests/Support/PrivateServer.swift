// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MariaDBClient

/// A mariadbd of a test's own: data in a temporary directory, a free port of the loopback address.
///
/// A shell script starts it, obeys commands on its standard input, and on its end (when this process is gone, however
/// it went) kills the server and removes the directory.
actor PrivateServer {
    struct Failure: Error {
        let message: String
    }

    nonisolated let configuration: MariaDBConfiguration
    private let executor: DedicatedThreadExecutor
    private let script = Process()
    private let commands = Pipe()
    private let answers = Pipe()

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Needs percent-encoding in a URL, on purpose.
    static let password = "p@ss:w/rd?#%"

    /// Installs a server; `start` starts it.
    ///
    /// - Parameters:
    ///   - options: further options of mariadbd.
    ///   - offersTLS: whether it has a certificate, which nobody signed.
    init(options: [String] = [], offersTLS: Bool = false) async throws {
        executor = DedicatedThreadExecutor(name: "test-server")
        let port = try Loopback.freePort()
        configuration = MariaDBConfiguration(
            host: "127.0.0.1",
            port: port,
            user: "push",
            password: Self.password,
            database: "push"
        )
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("mariadb-test-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try """
        CREATE DATABASE IF NOT EXISTS push;
        CREATE USER IF NOT EXISTS 'push'@'%' IDENTIFIED BY '\(Self.password)';
        GRANT ALL ON *.* TO 'push'@'%';
        """.write(to: directory.appendingPathComponent("init.sql"), atomically: true, encoding: .utf8)
        script.executableURL = URL(fileURLWithPath: "/bin/sh")
        let settings = [directory.path, String(port), offersTLS ? "tls" : "clear"]
        script.arguments = ["-c", Self.source, "sh"] + settings + options
        script.standardInput = commands
        script.standardOutput = answers
        script.standardError = FileHandle.nullDevice
        try script.run()
        try expectAnswer("installed")
    }

    /// Runs a test with a started server of its own.
    static func with(
        options: [String] = [],
        offersTLS: Bool = false,
        _ body: (PrivateServer) async throws -> Void
    ) async throws {
        let server = try await PrivateServer(options: options, offersTLS: offersTLS)
        do {
            try await server.start()
            try await body(server)
        } catch {
            try? await server.remove()
            throw error
        }
        try await server.remove()
    }

    /// Starts the server and waits until it takes connections.
    func start() async throws {
        try command("start")
        let probe = MariaDBConnection(configuration: configuration)
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                try await probe.connect()
                return await probe.close()
            } catch  where ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Ends the server as a crash does.
    func kill() throws { try command("kill") }

    /// Holds the server still: its sockets stay, nothing answers.
    func freeze() throws { try command("freeze") }

    /// Ends the server and its script, which removes the data.
    private func remove() throws { try commands.fileHandleForWriting.close() }

    private func command(_ word: String) throws {
        try commands.fileHandleForWriting.write(contentsOf: Data("\(word)\n".utf8))
        try expectAnswer(word)
    }

    private func expectAnswer(_ expected: String) throws {
        var line = ""
        while let byte = try answers.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.unicodeScalars.append(UnicodeScalar(byte))
        }
        guard line == expected else { throw Failure(message: "the server's script said '\(line)'") }
    }

    private static let source = """
        dir=$1 port=$2 tls=$3 pid=
        shift 3
        PATH=$PATH:/usr/sbin:/usr/local/sbin
        user=$(id -un)
        trap 'kill -9 $pid; wait; rm -rf "$dir"' EXIT
        # The system hangs up on a group with a stopped process in it when its parent goes.
        trap '' HUP
        # A starting server removes temporary tables from its directory for them, others' too.
        mkdir "$dir/tmp"
        mariadb-install-db --no-defaults --user="$user" --datadir="$dir/data" --tmpdir="$dir/tmp" --skip-test-db \
            --auth-root-authentication-method=normal >"$dir/install.log" 2>&1 \
            || { tr '\\n' ' ' <"$dir/install.log"; exit 1; }
        if [ "$tls" = tls ]; then
            openssl req -x509 -nodes -newkey rsa:2048 -subj /CN=test -keyout "$dir/key.pem" -out "$dir/cert.pem"
            set -- --ssl-key="$dir/key.pem" --ssl-cert="$dir/cert.pem" "$@"
        fi
        echo installed
        while read -r command; do
            case $command in
            start) mariadbd --no-defaults --user="$user" --datadir="$dir/data" --tmpdir="$dir/tmp" \
                --socket="$dir/socket" --port="$port" --bind-address=127.0.0.1 --skip-networking=0 \
                --skip-name-resolve --init-file="$dir/init.sql" \
                --character-set-server=latin1 --innodb-flush-log-at-trx-commit=1 --innodb-buffer-pool-size=64M \
                --innodb-log-file-size=16M "$@" </dev/null >>"$dir/server.log" 2>&1 & pid=$! ;;
            kill) kill -9 $pid; wait $pid ;;
            freeze) kill -STOP $pid; until grep -q '^State:.T' /proc/$pid/status; do :; done ;;
            esac
            echo "$command"
        done
        """
}
