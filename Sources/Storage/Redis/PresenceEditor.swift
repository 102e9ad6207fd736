// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import PushCore
internal import PushProtocol

/// What a node writes about its terminals, and how that changes what stands in Redis already. Pure.
///
/// A user's value holds an entry for each source, perhaps of other nodes and in another format; those stay as they are.
struct PresenceEditor: Sendable {
    /// What becomes of a user's value, and of fields in the hash of this node's sessions.
    struct Edit: Equatable {
        /// The user's new value; nil where nothing is left of it.
        var value: ByteBuffer?
        var fields: [Field] = []
    }

    /// One field in the hash of this node's sessions.
    enum Field: Equatable {
        case set(SessionID, ByteBuffer)
        case remove(SessionID)
        /// Only while it holds this value: the number may belong to another session by now.
        case removeIfEqual(SessionID, ByteBuffer)
    }

    /// How other applications reach this node.
    let address: AdvertisedAddress
    /// Of what is written; every format is read.
    let format: PHPValue.Format

    /// Applies changes to a user's value.
    ///
    /// - Parameters:
    ///   - changes: of this user, with at most one that is online for each source.
    ///   - stored: the user's value; one that cannot be read counts as none.
    ///   - keepsNewer: whether an entry of another node, not older, stays: then the terminal has moved there.
    func edit(_ stored: ByteBuffer?, with changes: [PresenceChange], keepsNewer: Bool) -> Edit {
        var entries = Self.entries(stored) ?? []
        var isChanged = false
        var edit = Edit(value: stored)
        for change in changes {
            let index = entries.firstIndex { $0.0 == change.source }
            let old = index.map { Entry(entries[$0].1) }
            let isOurs = old.map { $0.ip == self.address.ip && $0.port == self.address.port } ?? false
            guard change.isOnline else {
                edit.fields.append(.remove(change.session))
                guard let index, isOurs, old?.session == change.session else { continue }
                entries.remove(at: index)
                isChanged = true
                continue
            }
            edit.fields.append(.set(change.session, self.sessionValue(change)))
            if isOurs, let old, let session = old.session, session != change.session {
                // Replaced: the session that had the terminal says no goodbye of its own.
                var previous = change
                previous.time = old.time ?? change.time
                edit.fields.append(.removeIfEqual(session, self.sessionValue(previous)))
            }
            if keepsNewer, !isOurs, let time = old?.time, time >= change.time { continue }
            let entry = (change.source, self.entry(change))
            if let index { entries[index] = entry } else { entries.append(entry) }
            isChanged = true
        }
        if isChanged { edit.value = entries.isEmpty ? nil : PHPValue.array(entries).written(as: self.format) }
        return edit
    }

    /// Who a session belongs to, from its value in the hash of sessions; nil where that cannot be read.
    static func terminal(ofSessionValue value: ByteBuffer) -> TerminalDirectory.Terminal? {
        let members = self.entries(value) ?? []
        guard let uid = members.first(where: { $0.0 == "uid" })?.1.text,
            let source = members.first(where: { $0.0 == "source" })?.1.text
        else { return nil }
        return TerminalDirectory.Terminal(uid: uid, source: source)
    }

    private static func entries(_ stored: ByteBuffer?) -> [(String, PHPValue)]? {
        guard case .array(let entries)? = stored?.withUnsafeReadableBytes({ PHPValue(stored: $0) }) else { return nil }
        return entries
    }

    private func entry(_ change: PresenceChange) -> PHPValue {
        .array([
            ("time", .integer(change.time)), ("fd", .integer(Int64(clamping: change.session.rawValue))),
            ("port", .integer(Int64(self.address.port))), ("ip", .string(self.address.ip)),
            ("udp_port", .integer(Int64(self.address.udpPort))),
        ])
    }

    private func sessionValue(_ change: PresenceChange) -> ByteBuffer {
        PHPValue.array([
            ("uid", .string(change.uid)), ("isServer", .bool(false)), ("source", .string(change.source)),
            ("time", .integer(change.time)),
        ]).written(as: self.format)
    }
}

/// What an entry says of where a terminal is.
private struct Entry {
    var ip: String?
    var port: Int?
    var session: SessionID?
    var time: Int64?

    init(_ value: PHPValue) {
        guard case .array(let members) = value else { return }
        for (name, value) in members {
            switch name {
            case "ip": self.ip = value.text
            case "port": self.port = value.integer.flatMap { Int(exactly: $0) }
            case "fd": self.session = value.integer.flatMap { UInt64(exactly: $0) }.map { SessionID(rawValue: $0) }
            case "time": self.time = value.integer
            default: continue
            }
        }
    }
}
