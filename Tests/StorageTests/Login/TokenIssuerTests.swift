// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import Storage
import Synchronization
import Testing

struct TokenIssuerTests {
    /// A store in memory.
    private final class Records: SessionIssuer {
        private let records = Mutex<[String: [UInt8]]>([:])

        init(_ records: [String: String] = [:]) {
            self.records.withLock { $0 = records.mapValues { Array($0.utf8) } }
        }

        subscript(uid: String) -> String? {
            self.records.withLock { $0[uid] }.map { String(decoding: $0, as: UTF8.self) }
        }

        func login(_ uid: String) -> LoginRecord? { self[uid].flatMap { LoginRecord(ByteBuffer(string: $0)) } }

        func record(of uid: String) async throws -> [UInt8]? { self.records.withLock { $0[uid] } }

        func setRecord(_ record: [UInt8]?, of uid: String) async throws { self.records.withLock { $0[uid] = record } }
    }

    @Test func issuesATokenThatTheRecordGrants() async throws {
        let records = Records()
        let token = try await TokenIssuer(store: records).issue(uid: "a", source: "pc", seconds: 60, now: 1000)
        #expect(token.uid == "a" && token.source == "pc" && token.token.utf8.count > 30)
        #expect(records.login("a")?.grants == ["pc": .init(token: token.token, uid: "a", expires: 1_060_000)])
        let readings = AccessToken.readings(of: token.encoded(order: .tokenFirst), order: .tokenFirst, sources: ["pc"])
        #expect(readings == [token])
    }

    @Test func withoutALifetimeATokenIsValidForEver() async throws {
        let records = Records()
        _ = try await TokenIssuer(store: records).issue(uid: "a", source: "pc", seconds: nil, now: 1000)
        #expect(records.login("a")?.grants["pc"]?.expires == nil)
    }

    @Test func noTwoTokensAreTheSame() async throws {
        let issuer = TokenIssuer(store: Records())
        let first = try await issuer.issue(uid: "a", source: "pc", seconds: nil, now: 0)
        let second = try await issuer.issue(uid: "a", source: "pc", seconds: nil, now: 0)
        #expect(first != second)
    }

    static let formats: [(PHPValue.Format, start: String)] = [
        (.json, "{"), (.thinkSerialize, "think_serialize:a:"), (.serialize, "a:"),
    ]

    @Test(arguments: formats)
    func aNewRecordHasTheFormatAskedFor(_ format: PHPValue.Format, start: String) async throws {
        let records = Records()
        _ = try await TokenIssuer(store: records, format: format).issue(uid: "a", source: "pc", seconds: 1, now: 0)
        #expect(records["a"]?.hasPrefix(start) == true)
    }

    @Test(arguments: formats)
    func theRecordGrantsTheChannels(_ format: PHPValue.Format, start: String) async throws {
        let records = Records()
        let channels = ["private-user-{uid}", "presence-room-*"]
        _ = try await TokenIssuer(store: records, format: format).issue(
            uid: "a", source: "pc", seconds: nil, now: 0, channels: channels
        )
        #expect(records.login("a")?.grants["pc"]?.channels == channels)
        if format == .json { #expect(records["a"]?.contains(#""channels":["private-user-{uid}","#) == true) }
    }

    /// A record of two terminals and something of the application's own.
    private static let stored = PHPValue.array([
        ("info", .array([("uid", .integer(7)), ("name", .string("新")), ("tags", .array([("0", .string("x"))]))])),
        ("app", .array([("uid", .integer(7)), ("token", .string("old")), ("more", .double(0.5))])),
        ("pc", .array([("uid", .integer(7)), ("token", .string("kept"))])),
    ])

    private func entries(_ text: String?) -> [(String, PHPValue)] {
        var bytes = Array((text ?? "").utf8)
        let value = bytes.withUnsafeMutableBytes { PHPValue(stored: UnsafeRawBufferPointer($0)) }
        guard case .array(let entries)? = value else { return [] }
        return entries
    }

    @Test(arguments: formats)
    func whatElseARecordHoldsStaysInTheFormItHad(_ format: PHPValue.Format, start: String) async throws {
        let stored = String(buffer: Self.stored.written(as: format))
        let records = Records(["7": stored])
        // Another format than that of the record: the record's counts.
        let issuer = TokenIssuer(store: records, format: format == .json ? .serialize : .json)
        let token = try await issuer.issue(uid: "7", source: "app", seconds: 9, now: 1)
        #expect(records["7"]?.hasPrefix(start) == true)
        let (before, after) = (self.entries(stored), self.entries(records["7"]))
        #expect(after.map(\.0) == ["info", "pc", "app"])
        #expect(after[0].1 == before[0].1)
        #expect(after[1].1 == before[2].1)
        #expect(records.login("7")?.grants["app"]?.token == token.token)

        #expect(try await issuer.revoke(uid: "7", source: "app"))
        #expect(records["7"]?.hasPrefix(start) == true)
        #expect(self.entries(records["7"]).map(\.0) == ["info", "pc"])
    }

    @Test func revokingAllKeepsWhatIsNoToken() async throws {
        let records = Records(["7": String(buffer: Self.stored.written(as: .json))])
        let issuer = TokenIssuer(store: records)
        #expect(try await issuer.revoke(uid: "7", source: nil))
        #expect(self.entries(records["7"]).map(\.0) == ["info"])
        #expect(records.login("7")?.grants == [:])
        #expect(try await !issuer.revoke(uid: "7", source: nil), "there is none any more")
    }

    @Test func aRecordThatHoldsNothingAnyMoreIsRemoved() async throws {
        let records = Records()
        let issuer = TokenIssuer(store: records)
        for source in ["app", "pc"] { _ = try await issuer.issue(uid: "a", source: source, seconds: nil, now: 0) }
        #expect(try await issuer.revoke(uid: "a", source: "app"))
        #expect(records["a"] != nil)
        #expect(try await issuer.revoke(uid: "a", source: "pc"))
        #expect(records["a"] == nil)
    }

    @Test(arguments: ["app", nil]) func revokingWhereThereIsNoneChangesNothing(_ source: String?) async throws {
        let info = #"{ "info": {"a":1} }"#
        let records = Records(["a": info])
        let issuer = TokenIssuer(store: records)
        #expect(try await !issuer.revoke(uid: "nobody", source: source))
        #expect(try await !issuer.revoke(uid: "a", source: source))
        #expect(records["a"] == info)
    }

    @Test func aRecordThatCannotBeReadIsLeftAsItIs() async throws {
        let records = Records(["a": "not a record"])
        let issuer = TokenIssuer(store: records)
        await #expect(throws: StorageError.self) {
            try await issuer.issue(uid: "a", source: "pc", seconds: nil, now: 0)
        }
        await #expect(throws: StorageError.self) { try await issuer.revoke(uid: "a", source: "pc") }
        #expect(records["a"] == "not a record")
    }

    @Test(.enabled(if: PHP.isInstalled), arguments: [PHPValue.Format.thinkSerialize, .json])
    func phpReadsTheRecord(_ format: PHPValue.Format) async throws {
        let records = Records(["7": String(buffer: Self.stored.written(as: format))])
        let token = try await TokenIssuer(store: records).issue(uid: "7", source: "app", seconds: 9, now: 1)
        let read = format == .json ? "json_decode($v, true)" : "unserialize(substr($v, 16))"
        let value = Array((records["7"] ?? "").utf8)
        #expect(try PHP.evaluate("\(read)['app']['token']", value: value) == "\"\(token.token)\"")
        #expect(try PHP.evaluate("\(read)['info']['tags']", value: value) == #"["x"]"#)
        #expect(try PHP.evaluate("\(read)['pc']['uid']", value: value) == "7")
    }
}
