// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOPosix

/// The server itself for tests, as a process: the binary that was built beside them, on ports and in a data directory of
/// its own.
package struct PushServerProcess: ScriptedServer {
    /// It did not do what it was asked for.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// The only app's. Client events and counts are on.
    package static let appID = "1001"
    package static let appKey = "test-key"
    package static let appSecret = "test-secret-of-sixteen"

    package let webSocketPort: Int
    package let httpPort: Int
    package let script: ServerScript
    private let environment: [String: String]

    /// Runs a test with a started server.
    ///
    /// - Parameters:
    ///   - app: further members of the app, one a line: `dialect: pusher`.
    ///   - settings: of the environment, without `PUSH_`: `["WEBSOCKET_PING_INTERVAL": "1s"]`.
    package static func with(
        app: [String] = [], settings: [String: String] = [:], _ body: (PushServerProcess) async throws -> Void
    ) async throws {
        try await self.start(app: app, settings: settings).run(body)
    }

    /// Ends it in order, and waits until it is gone.
    package func stop() async throws { try await self.script.obey(.stop) }

    /// Issues an access token, by the server's own command.
    ///
    /// - Parameter channels: what it grants.
    package func token(for uid: String, channels: [String] = []) async throws -> String {
        let grants = channels.flatMap { ["--channel", $0] }
        return try await self.command(["token", "issue", "--uid", uid] + grants)
    }

    /// The first line of what a command prints.
    private func command(_ arguments: [String]) async throws -> String {
        let (environment, directory) = (self.environment, self.script.directory)
        // Not on a thread that tasks run on: it blocks.
        return try await NIOThreadPool.singleton.runIfActive {
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: Self.binary)
            process.arguments = arguments
            process.currentDirectoryURL = URL(fileURLWithPath: directory)
            process.environment = environment.merging(["PUSH_DATA_DIRECTORY": "\(directory)/data"]) { $1 }
            process.standardOutput = output
            process.standardError = output
            try process.run()
            let said = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw Failure(description: "\(arguments): \(said)") }
            return said.split(separator: "\n").first.map(String.init) ?? ""
        }
    }

    private static func start(app: [String], settings: [String: String]) async throws -> PushServerProcess {
        let (webSocket, http, udp) = (try await FreePort.find(), try await FreePort.find(), try await FreePort.find())
        var environment = [
            "PUSH_WEBSOCKET_PORT": "\(webSocket)", "PUSH_HTTP_PORT": "\(http)", "PUSH_UDP_PORT": "\(udp)",
            "PUSH_SERVER_LOOPS": "1", "PUSH_CHAT_APP": Self.appID,
        ]
        for (name, value) in settings { environment["PUSH_\(name)"] = value }
        let members = [
            "- id: \"\(Self.appID)\"", "key: \(Self.appKey)", "secret: \(Self.appSecret)", "clientEvents: true",
            "subscriptionCount: true",
        ]
        let script = try await ServerScript.run(
            name: "push-server", source: self.source,
            arguments: [
                self.binary, "\(webSocket)", (members + app).joined(separator: "\n  "),
                environment.map { "\($0.key)=\($0.value)" }.joined(separator: "\n"),
            ]
        )
        environment["PUSH_APPS_FILE"] = "\(script.directory)/apps.yaml"
        let server = PushServerProcess(
            webSocketPort: webSocket, httpPort: http, script: script, environment: environment)
        try await server.start()
        return server
    }

    /// Beside the tests' own binary.
    private static var binary: String {
        ProcessInfo.processInfo.environment["PUSH_TEST_BINARY"]
            ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("push-server").path
    }

    // Ready is when it says so; where it speaks TLS, that it says that. What the caller has configured is nothing for it.
    private static let source = #"""
        install() {
            for name in $(env | sed -n 's/^\(PUSH_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
            printf '%s\n' "$3" >"$dir/apps.yaml"
            chmod 600 "$dir/apps.yaml"
            while IFS= read -r setting; do export "$setting"; done <<END
        $4
        END
            export PUSH_DATA_DIRECTORY="$dir/data" PUSH_APPS_FILE="$dir/apps.yaml"
            cd "$dir"
        }
        ask() {
            timeout 2 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0" &&
                printf "GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n" >&3 && cat <&3' "$1"
        }
        start() {
            "$1" serve & pid=$!
            until ask "$2" | grep -q ' 200 \|speaks TLS'; do
                kill -0 $pid || exit
                sleep 0.02
            done
        }
        """#
}
