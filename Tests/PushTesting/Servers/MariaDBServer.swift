// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A mariadbd for tests: one of their own, in a temporary directory, or the one that the environment names.
package struct MariaDBServer: ScriptedServer {
    /// Where it is: `mysql://push:…@127.0.0.1:…/push`. The user may do everything.
    package let url: String
    package let script: ServerScript

    /// The URL of the server that tests share: `PUSH_TEST_MARIADB_URL`, else one that is started for this run. Tests
    /// use tables and users of their own: who is named there may create both.
    package static func sharedURL() async throws -> String {
        if let url = ProcessInfo.processInfo.environment["PUSH_TEST_MARIADB_URL"] { return url }
        return try await self.shared.value.url
    }

    private static let shared = Task { try await MariaDBServer.start() }

    /// Runs a test with a started server of its own.
    ///
    /// - Parameter options: further options of mariadbd.
    package static func with(options: [String] = [], _ body: (MariaDBServer) async throws -> Void) async throws {
        try await self.start(options: options).run(body)
    }

    private static func start(options: [String] = []) async throws -> MariaDBServer {
        let port = try await FreePort.find()
        let password = "\(UInt64.random(in: 0 ... .max))"
        let script = try await ServerScript.run(
            name: "mariadb", source: self.source, arguments: ["\(port)", password] + options
        )
        try await script.obey(.start)
        return MariaDBServer(url: "mysql://push:\(password)@127.0.0.1:\(port)/push", script: script)
    }

    // A character set that is not utf8mb4, as on an old server: tables have to say theirs.
    private static let source = """
        install() {
            # A starting server removes temporary tables from its directory for them, others' too.
            mkdir "$dir/tmp"
            echo "CREATE DATABASE IF NOT EXISTS push;
            CREATE USER IF NOT EXISTS 'push'@'%' IDENTIFIED BY '$2';
            GRANT ALL ON *.* TO 'push'@'%' WITH GRANT OPTION;" >"$dir/init.sql"
            mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$dir/data" --tmpdir="$dir/tmp" \
                --skip-test-db --auth-root-authentication-method=normal
        }
        start() {
            port=$1
            shift 2
            mariadbd --no-defaults --user="$(id -un)" --datadir="$dir/data" --tmpdir="$dir/tmp" \
                --socket="$dir/socket" --port="$port" --bind-address=127.0.0.1 --skip-networking=0 \
                --skip-name-resolve --init-file="$dir/init.sql" --character-set-server=latin1 \
                --innodb-flush-log-at-trx-commit=1 --innodb-buffer-pool-size=64M --innodb-log-file-size=16M "$@" &
            pid=$!
            until mariadb-admin --no-defaults --host=127.0.0.1 --port="$port" --protocol=tcp ping; do
                kill -0 $pid || exit
                sleep 0.05
            done
        }
        """
}
