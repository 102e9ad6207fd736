// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import MariaDBClient
import Testing

@Suite struct MariaDBErrorTests {
    @Test(
        arguments: [
            (2006, "HY000", .connectionLost, true),
            (2013, "HY000", .connectionLost, true),
            (1927, "70100", .connectionLost, true),
            (1053, "08S01", .connectionLost, true),
            (2002, "HY000", .unavailable, true),
            (2003, "HY000", .unavailable, true),
            (1040, "08004", .unavailable, true),
            (1290, "HY000", .unavailable, true),
            (1045, "28000", .unavailable, false),
            (2026, "HY000", .unavailable, false),
            (1406, "22001", .data, false),
            (1366, "22007", .data, false),
            (1292, "22007", .data, false),
            (1265, "01000", .data, false),
            (3819, "HY000", .data, false),
            (4025, "23000", .data, false),
            (1452, "23000", .data, false),
            (1062, "23000", .duplicate, false),
            (1146, "42S02", .schema, false),
            (1054, "42S22", .schema, false),
            (1064, "42000", .schema, false),
            (1213, "40001", .other, true),
            (1205, "HY000", .other, true),
            (1105, "HY000", .other, false),
        ] as [(UInt32, String, MariaDBError.Kind, Bool)]
    )
    func errorsAreSortedByWhatTheCallerDoes(code: UInt32, state: String, kind: MariaDBError.Kind, isRetriable: Bool) {
        let error = MariaDBError(code: code, sqlState: state, message: "")
        #expect(error.kind == kind)
        #expect(error.isRetriable == isRetriable)
    }

    @Test(
        arguments: [
            (1062, "23000", "Duplicate entry 'SECRET' for key 'PRIMARY'"),
            (1366, "22007", "Incorrect string value: 'SECRET' for column 'content' at row 1"),
            (1292, "22007", "Truncated incorrect INTEGER value: 'SECRET'"),
        ] as [(UInt32, String, String)]
    )
    func theDescriptionQuotesNoValueOfARow(code: UInt32, state: String, message: String) {
        let error = MariaDBError(code: code, sqlState: state, message: message)
        #expect(!"\(error)".contains("SECRET"))
        #expect("\(error)".contains("\(code)"))
    }

    @Test func theDescriptionNamesTheColumnThatIsTooShort() {
        let error = MariaDBError(code: 1406, sqlState: "22001", message: "Data too long for column 'uid' at row 1")
        #expect("\(error)" == "data error 1406 (22001): Data too long for column 'uid' at row 1")
    }
}
