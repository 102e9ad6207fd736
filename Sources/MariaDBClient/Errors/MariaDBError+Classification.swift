// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import CMariaDB

extension MariaDBError.Kind {
    /// Sorts an error: by number where the number says more than its SQL state, else by the state's class.
    ///
    /// | kind | numbers | classes |
    /// |---|---|---|
    /// | connectionLost | 2006 2013 2014 2027 2055 5013 5014, 1053 1077–1079 1152 1158–1161 1184 1927 4031 | |
    /// | unavailable | 2001–2005 2009 2012 2026 2059 2061, 1040 1047 1129 1130 1203 1226 1290 1836 | 08, 28 |
    /// | data | 1048 1118 1153 1264 1265 1292 1300 1364 1366 1406 1411 1690 1713 2020 3140 3819 4025 | 22, 23 |
    /// | duplicate | 1022 1062 1586 1859 | |
    /// | schema | 1049 1146 | 42 |
    /// | other | all else | |
    ///
    /// While connecting every error is `unavailable`.
    init(code: UInt32, sqlState: String) {
        self =
            switch code {
            case 2006, 2013, 2014, 2027, 2055, 5013, 5014, 1053, 1077...1079, 1152, 1158...1161, 1184, 1927, 4031:
                .connectionLost
            case 2001...2005, 2009, 2012, 2026, 2059, 2061, 1040, 1047, 1129, 1130, 1203, 1226, 1290, 1836:
                .unavailable
            case 1022, 1062, 1586, 1859:
                .duplicate
            case 1048, 1118, 1153, 1264, 1265, 1292, 1300, 1364, 1366, 1406, 1411, 1690, 1713, 2020, 3140, 3819, 4025:
                .data
            case 1049, 1146:
                .schema
            default:
                switch sqlState.prefix(2) {
                case "08", "28": .unavailable
                case "22", "23": .data
                case "42": .schema
                default: .other
                }
            }
    }
}

extension MariaDBError {
    /// Unavailable until somebody changes grants, the configuration or the server: access denied, unknown database,
    /// TLS, authentication plugins, hosts not allowed.
    static let needsOperator: Set<UInt32> = [1044, 1045, 1049, 1129, 1130, 1698, 2026, 2059, 2061]

    /// Passes by itself: lock wait, deadlock, changed row, interrupted, statement time limit, full disk or table,
    /// a statement prepared against an older table.
    static let passes: Set<UInt32> = [1020, 1021, 1114, 1205, 1213, 1243, 1317, 1615, 1969, 2057, 3024]

    /// Data errors whose text names the column or the constraint, never the value.
    static let namesColumnOnly: Set<UInt32> = [1048, 1153, 1264, 1265, 1364, 1406, 2020, 3819, 4025]
}

extension MariaDBError {
    /// Copies the last error of a connection handle.
    init(of handle: UnsafeMutablePointer<MYSQL>, kind: Kind? = nil) {
        self.init(
            code: mysql_errno(handle),
            sqlState: String(cString: mysql_sqlstate(handle)),
            message: String(cString: mysql_error(handle)),
            kind: kind
        )
    }

    /// Copies the last error of a statement handle, or of its connection where the library left it there.
    init(of statement: UnsafeMutablePointer<MYSQL_STMT>, on handle: UnsafeMutablePointer<MYSQL>) {
        guard mysql_stmt_errno(statement) != 0 else {
            self.init(of: handle)
            return
        }
        self.init(
            code: mysql_stmt_errno(statement),
            sqlState: String(cString: mysql_stmt_sqlstate(statement)),
            message: String(cString: mysql_stmt_error(statement))
        )
    }
}
