// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What another system has said of its apps, and when: which of it still counts, and who has to ask. Pure.
///
/// An app is known by its key and its id; what is not there is remembered by the name it was asked for. Both are bounded.
struct AppCacheTable {
    /// What is known of a name.
    enum Answer: Equatable {
        /// The app of this id, as it is.
        case known(id: String)
        /// There is none.
        case missing
        /// Somebody has to ask. Where the asking fails, the app of the id is what was known before.
        case outdated(id: String?)
    }

    private struct Entry {
        var key: String
        /// Until when it counts, in nanoseconds of uptime.
        var deadline: Int64
    }

    private let lifetime: Int64
    private let missLifetime: Int64
    private let capacity: Int
    private var entries: [String: Entry] = [:]
    private var ids: [String: String] = [:]
    private var missing: [AppName: Int64] = [:]
    /// When the names that are nobody's are looked through again.
    private var cleaning: Int64 = 0

    /// - Parameters:
    ///   - lifetime: nanoseconds for which an app counts as it is.
    ///   - missLifetime: nanoseconds for which a name is known to be nobody's.
    ///   - capacity: the most apps, and the most names that are nobody's.
    init(lifetime: Int64, missLifetime: Int64, capacity: Int) {
        self.lifetime = lifetime
        self.missLifetime = missLifetime
        self.capacity = capacity
    }

    var count: Int { self.entries.count }

    func answer(_ name: AppName, uptime: Int64) -> Answer {
        if let deadline = self.missing[name], uptime < deadline { return .missing }
        guard let id = self.id(of: name), let entry = self.entries[id] else { return .outdated(id: nil) }
        return uptime < entry.deadline ? .known(id: id) : .outdated(id: id)
    }

    /// The apps that have to be asked for again.
    func outdated(uptime: Int64) -> [(id: String, key: String)] {
        self.entries.filter { $0.value.deadline <= uptime }.map { ($0.key, $0.value.key) }
    }

    /// An app is there.
    ///
    /// - Parameter isIdle: whether nobody is connected to an app, so that it may be forgotten.
    /// - Returns: the ids of apps that were forgotten for it, or that had its key before.
    mutating func found(id: String, key: String, uptime: Int64, isIdle: (String) -> Bool) -> [String] {
        var gone: [String] = []
        if let former = self.ids[key], former != id { gone.append(former) }
        if let entry = self.entries[id], entry.key != key { self.ids[entry.key] = nil }
        for id in gone { self.remove(id) }
        if self.entries[id] == nil, self.entries.count >= self.capacity {
            let idle = self.entries.filter { isIdle($0.key) }.min { $0.value.deadline < $1.value.deadline }
            if let idle {
                gone.append(idle.key)
                self.remove(idle.key)
            }
        }
        self.entries[id] = Entry(key: key, deadline: uptime + self.lifetime)
        self.ids[key] = id
        self.missing[.key(key)] = nil
        self.missing[.id(id)] = nil
        return gone
    }

    /// There is no app of a name.
    ///
    /// - Returns: the id of the one that had it.
    mutating func isMissing(_ name: AppName, uptime: Int64) -> String? {
        let id = self.id(of: name)
        if let id { self.remove(id) }
        if self.missing.count >= self.capacity, uptime >= self.cleaning {
            self.missing = self.missing.filter { $0.value > uptime }
            // Not for each name that somebody tries.
            self.cleaning = uptime + self.missLifetime / 10
        }
        // Full of names that count: somebody tries many, and each of them is asked for.
        if self.missing.count < self.capacity { self.missing[name] = uptime + self.missLifetime }
        return id
    }

    /// It could not be asked: what was known counts a little longer.
    mutating func failed(_ name: AppName, uptime: Int64) {
        guard let id = self.id(of: name) else { return }
        self.entries[id]?.deadline = uptime + self.missLifetime
    }

    private func id(of name: AppName) -> String? {
        switch name {
        case .key(let key): self.ids[key]
        case .id(let id): self.entries[id] == nil ? nil : id
        }
    }

    private mutating func remove(_ id: String) {
        guard let entry = self.entries.removeValue(forKey: id) else { return }
        if self.ids[entry.key] == id { self.ids[entry.key] = nil }
    }
}
