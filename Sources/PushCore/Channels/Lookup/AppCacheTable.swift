// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What another system has said of its apps, and when: which of it still counts, and who has to ask. Pure.
///
/// An app is known by its key and its id; what is not there is remembered by the name it was asked for. Both are bounded,
/// and so is what a call does: nobody who waits for the table waits for all of it.
struct AppCacheTable {
    /// What is known of a name.
    enum Answer: Equatable {
        /// The app of this id, as it is.
        case known(id: String)
        /// There is none.
        case missing
        /// Somebody has to ask. Where the asking fails, the app of the id is what was known before.
        case outdated(id: String?)
        /// Somebody has just asked in vain, and nothing was known before.
        case unanswered
    }

    /// An app that is to be asked for again before its time is over.
    struct Due: Equatable {
        let id: String
        let key: String
        /// Whether somebody has wanted it since it was asked for.
        let wasUsed: Bool
    }

    private struct Entry {
        var key: String
        /// Until when it counts, in nanoseconds of uptime.
        var deadline: Int64
        /// Where its id stands in the list of ids.
        var place: Int
        var wasUsed = false
    }

    /// The most apps that are looked at for one that makes room.
    static let candidates = 16

    private let lifetime: Int64
    private let missLifetime: Int64
    /// So long before its deadline an app is due.
    let ahead: Int64
    private let capacity: Int
    private var entries: [String: Entry] = [:]
    private var idsByKey: [String: String] = [:]
    /// The ids of all entries, to look at some of them at a time.
    private var ids: [String] = []
    /// Where the next look for room begins.
    private var hand = 0
    private var missing: NameMemory
    private var unanswered: NameMemory

    /// - Parameters:
    ///   - lifetime: nanoseconds for which an app counts as it is.
    ///   - missLifetime: nanoseconds for which a name is known to be nobody's.
    ///   - failureLifetime: nanoseconds for which a name that nobody could answer for is not asked for again.
    ///   - ahead: nanoseconds, less than a lifetime.
    ///   - capacity: the most apps, and the most names of each kind.
    init(lifetime: Int64, missLifetime: Int64, failureLifetime: Int64, ahead: Int64, capacity: Int) {
        self.lifetime = lifetime
        self.missLifetime = missLifetime
        self.ahead = ahead
        self.capacity = capacity
        self.missing = NameMemory(lifetime: missLifetime, capacity: capacity)
        self.unanswered = NameMemory(lifetime: failureLifetime, capacity: capacity)
    }

    var count: Int { self.entries.count }

    func answer(_ name: AppName, uptime: Int64) -> Answer {
        if self.missing.contains(name, uptime: uptime) { return .missing }
        guard let id = self.id(of: name), let entry = self.entries[id] else {
            return self.unanswered.contains(name, uptime: uptime) ? .unanswered : .outdated(id: nil)
        }
        return uptime < entry.deadline ? .known(id: id) : .outdated(id: id)
    }

    /// Somebody has wanted an app.
    mutating func noteUse(of id: String) {
        if self.entries[id]?.wasUsed == false { self.entries[id]?.wasUsed = true }
    }

    /// Those of a slice of all apps that have to be asked for again, now or soon.
    ///
    /// - Parameter slice: beginning at 0; one that is not there has none.
    func due(in slice: Range<Int>, uptime: Int64) -> [Due] {
        self.ids[slice.clamped(to: self.ids.indices)].compactMap { id in
            guard let entry = self.entries[id], entry.deadline - self.ahead <= uptime else { return nil }
            return Due(id: id, key: entry.key, wasUsed: entry.wasUsed)
        }
    }

    /// An app is there.
    ///
    /// - Returns: the id of the one that had its key before; and where there are too many apps, some that may be forgotten.
    mutating func found(id: String, key: String, uptime: Int64) -> (former: String?, candidates: [String]) {
        let former = self.idsByKey[key].flatMap { $0 == id ? nil : $0 }
        if let former { self.remove(former) }
        if let entry = self.entries[id], entry.key != key { self.idsByKey[entry.key] = nil }
        let place = self.entries[id]?.place ?? self.ids.count
        if place == self.ids.count { self.ids.append(id) }
        self.entries[id] = Entry(key: key, deadline: uptime + self.lifetime, place: place)
        self.idsByKey[key] = id
        for name in [AppName.key(key), .id(id)] {
            self.missing.forget(name)
            self.unanswered.forget(name)
        }
        return (former, self.nextCandidates(except: id))
    }

    /// Some apps, others each time, while there are too many.
    private mutating func nextCandidates(except id: String) -> [String] {
        guard self.count > self.capacity else { return [] }
        var candidates: [String] = []
        for _ in 0..<min(Self.candidates, self.ids.count) {
            self.hand = (self.hand + 1) % self.ids.count
            if self.ids[self.hand] != id { candidates.append(self.ids[self.hand]) }
        }
        return candidates
    }

    /// Forgets as many apps as there are too many, the oldest first.
    ///
    /// - Parameter idle: those to which nobody is connected.
    /// - Returns: the ids of those that were forgotten.
    mutating func makeRoom(among idle: [String]) -> [String] {
        let oldest = idle.compactMap { id in self.entries[id].map { (id: id, deadline: $0.deadline) } }
            .sorted { $0.deadline < $1.deadline }
        let gone = oldest.prefix(max(0, self.count - self.capacity)).map(\.id)
        for id in gone { self.remove(id) }
        return gone
    }

    /// There is no app of a name.
    ///
    /// - Returns: the id of the one that had it.
    mutating func isMissing(_ name: AppName, uptime: Int64) -> String? {
        let id = self.id(of: name)
        if let id { self.remove(id) }
        // Full of names that count: somebody tries many, and each of them is asked for.
        self.missing.add(name, uptime: uptime)
        self.unanswered.forget(name)
        return id
    }

    /// It could not be asked: what was known counts a little longer, and what was not is not asked for at once again.
    mutating func failed(_ name: AppName, uptime: Int64) {
        guard let id = self.id(of: name), let entry = self.entries[id] else {
            return self.unanswered.add(name, uptime: uptime)
        }
        self.entries[id]?.deadline = max(entry.deadline, uptime + self.missLifetime)
    }

    /// Nobody has an app any more.
    mutating func forget(_ id: String) { self.remove(id) }

    private func id(of name: AppName) -> String? {
        switch name {
        case .key(let key): self.idsByKey[key]
        case .id(let id): self.entries[id] == nil ? nil : id
        }
    }

    private mutating func remove(_ id: String) {
        guard let entry = self.entries.removeValue(forKey: id) else { return }
        if self.idsByKey[entry.key] == id { self.idsByKey[entry.key] = nil }
        // The last one takes its place.
        let last = self.ids.removeLast()
        guard last != id else { return }
        self.ids[entry.place] = last
        self.entries[last]?.place = entry.place
    }
}
