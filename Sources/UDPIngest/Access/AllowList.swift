// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol

/// Who may send commands: by the address of the datagram first, then by the secret in it.
package struct AllowList: Sendable {
    private let entries: [UDPConfiguration.AllowEntry]
    /// Whose request names are whose, by entry: the same for an entry wherever it stands in the list.
    private let scopes: [String]

    package init(_ entries: [UDPConfiguration.AllowEntry]) {
        self.entries = entries
        self.scopes = entries.map { "entry \($0.hashValue)" }
    }

    /// The entries for an address; none where it may not send at all. Asked before anything is parsed.
    package func entries(for address: IPAddress?) -> [Int] {
        guard let address else { return [] }
        return self.entries.indices.filter { self.entries[$0].range.contains(address) }
    }

    /// The entry among some whose secret this is. Every one of them is compared, in constant time.
    package func entry(among indices: [Int], secret: String?) -> Int? {
        guard let secret else { return nil }
        var found: Int?
        for index in indices where ConstantTime.equal(self.entries[index].secret, secret) { found = found ?? index }
        return found
    }

    /// The scope of the names that an entry's commands have.
    package func scope(of entry: Int) -> String { self.scopes[entry] }
}
