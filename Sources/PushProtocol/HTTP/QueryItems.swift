// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// The items of a query string or of a form body (`application/x-www-form-urlencoded`).
package struct QueryItems: Sendable {
    /// More items than this are not read: no request of this server has as many.
    package static let maximumCount = 64

    private var items: [(name: String, value: String)] = []

    /// Splits and decodes a text; an item whose escapes are no UTF-8 is left out.
    package init(_ text: some StringProtocol) {
        // By scalars: a separator stays one in front of a combining character.
        let scalars = String(text).unicodeScalars
        for item in scalars.split(separator: "&", maxSplits: Self.maximumCount).prefix(Self.maximumCount) {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { Substring($0) }
            guard let name = PercentEncoding.decode(parts[0], plusIsSpace: true),
                let value = parts.count > 1 ? PercentEncoding.decode(parts[1], plusIsSpace: true) : ""
            else { continue }
            self.items.append((name, value))
        }
    }

    /// The first value of a name.
    package subscript(_ name: String) -> String? {
        self.items.first { $0.name == name }?.value
    }
}
