// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Names for commands, different from those of every other process. Any thread.
final class RequestNames: Sendable {
    private let prefix = String(UInt64.random(in: .min ... .max), radix: 16)
    private let count = Atomic<UInt64>(0)

    func next() -> String {
        "\(self.prefix)-\(String(self.count.add(1, ordering: .relaxed).newValue, radix: 16))"
    }
}
