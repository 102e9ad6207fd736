// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import CMariaDB

extension UnsafeMutablePointer<MYSQL> {
    /// Sets what must be set before the handle connects.
    func apply(_ configuration: MariaDBConfiguration) {
        set(MYSQL_OPT_CONNECT_TIMEOUT, configuration.connectTimeout.wholeSeconds)
        set(MYSQL_OPT_READ_TIMEOUT, configuration.readTimeout.wholeSeconds)
        set(MYSQL_OPT_WRITE_TIMEOUT, configuration.writeTimeout.wholeSeconds)
        // Otherwise "localhost" means the library's default unix socket, whatever the port.
        set(
            MYSQL_OPT_PROTOCOL,
            configuration.socketPath == nil ? MYSQL_PROTOCOL_TCP.rawValue : MYSQL_PROTOCOL_SOCKET.rawValue
        )
        // A server could otherwise ask for any file of ours.
        set(MYSQL_OPT_LOCAL_INFILE, UInt32(0))
        // Here and not by SET NAMES, so that the library knows it too.
        _ = mysql_options(self, MYSQL_SET_CHARSET_NAME, "utf8mb4")
        set(MYSQL_OPT_SSL_ENFORCE, my_bool(configuration.tls == .off ? 0 : 1))
    }

    /// Whether the connected server takes `COM_STMT_BULK_EXECUTE`.
    var hasBulkProtocol: Bool {
        // MySQL sets this bit, and uses the field of the extended capabilities for something else.
        guard pointee.server_capabilities & UInt(CLIENT_MYSQL) == 0 else { return false }
        var extended: UInt32 = 0
        guard mariadb_get_info(self, MARIADB_CONNECTION_EXTENDED_SERVER_CAPABILITIES, &extended) == 0 else {
            return false
        }
        // MARIADB_CLIENT_STMT_BULK_OPERATIONS is bit 34 of all; the extended ones begin at bit 32.
        return extended & (1 << 2) != 0
    }

    private func set<Value: FixedWidthInteger>(_ option: mysql_option, _ value: Value) {
        // It fails for options the library does not know, and it knows these.
        _ = withUnsafePointer(to: value) { mysql_options(self, option, $0) }
    }
}

extension Duration {
    /// Seconds rounded up, at least one: zero would mean no limit to the library.
    fileprivate var wholeSeconds: UInt32 {
        let (seconds, attoseconds) = components
        return UInt32(clamping: max(1, attoseconds > 0 ? seconds + 1 : seconds))
    }
}
