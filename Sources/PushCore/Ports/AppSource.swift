// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Another system that knows apps, asked for those that the file does not have.
package protocol AppSource: Sendable {
    /// The app of a name; nil where there is none.
    ///
    /// - Throws: where that cannot be known now.
    func app(_ name: AppName) async throws -> AppConfiguration?
}

/// What an app is asked for by.
package enum AppName: Hashable, Sendable {
    /// As clients name it.
    case key(String)
    /// As backends name it.
    case id(String)

    /// Whether an app may have such a name: nobody is asked for others.
    package var isPossible: Bool {
        switch self {
        case .key(let key):
            1...64 ~= key.utf8.count
                && key.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                    default: Self.isDigit(byte) || "_-".utf8.contains(byte)
                    }
                }
        case .id(let id): 1...20 ~= id.utf8.count && id.utf8.allSatisfy(Self.isDigit)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
}
