// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Names for which something holds for a while. Bounded: somebody may try many.
struct NameMemory {
    private let lifetime: Int64
    private let capacity: Int
    private var deadlines: [AppName: Int64] = [:]
    /// When those whose time is over are looked for again.
    private var cleaning: Int64 = 0

    /// - Parameters:
    ///   - lifetime: nanoseconds for which a name is remembered.
    ///   - capacity: the most names.
    init(lifetime: Int64, capacity: Int) {
        self.lifetime = lifetime
        self.capacity = capacity
    }

    func contains(_ name: AppName, uptime: Int64) -> Bool {
        self.deadlines[name].map { uptime < $0 } ?? false
    }

    /// Remembers a name, where there is room.
    mutating func add(_ name: AppName, uptime: Int64) {
        if self.deadlines.count >= self.capacity, uptime >= self.cleaning {
            self.deadlines = self.deadlines.filter { $0.value > uptime }
            // Not for each name that somebody tries.
            self.cleaning = uptime + self.lifetime / 10
        }
        if self.deadlines.count < self.capacity || self.deadlines[name] != nil {
            self.deadlines[name] = uptime + self.lifetime
        }
    }

    mutating func forget(_ name: AppName) {
        self.deadlines[name] = nil
    }
}
