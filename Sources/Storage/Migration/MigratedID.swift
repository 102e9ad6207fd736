// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushProtocol

/// The id of a message that comes from another table: the same one in each run. Pure.
///
/// An id of ours, of 19 digits, stays. Any other one becomes
///
///     create_time × 1,048,576,000 + old id mod 1,048,576,000
///
/// with the seconds of `create_time`: a second of our ids has room for 1000 × 2²⁰ of them. So messages stay in the order
/// of their seconds, and in a second in that of their old ids. An old id that is no number counts as its 64-bit FNV-1a
/// hash. Where `create_time` is no time of a message, the old id may tell it (the seed's are `seconds × 10,000 +
/// counter`); where that does not either, the message counts as the oldest there can be, of March 2000.
struct MigratedID: Equatable {
    private static let idsPerSecond: UInt64 = 1000 << 20
    /// The first second whose ids all have 19 digits.
    private static let firstSecond: Int64 = 953_674_317
    private static let seedCounter: UInt64 = 10_000

    let id: MessageID
    /// Seconds since 1970.
    let createTime: Int64

    init(_ old: String, createTime: Int64?, now: Int64) {
        let told = Self.seconds(createTime, now: now)
        let number = UInt64(old) ?? Int64(old).map { UInt64(bitPattern: $0) }
        if let number, Self.isOurs(number, now: now) {
            self.id = MessageID(rawValue: number)
            self.createTime = told ?? self.id.milliseconds / 1000
            return
        }
        let time = told ?? number.flatMap { Self.seconds(Int64(clamping: $0 / Self.seedCounter), now: now) }
        let seconds = UInt64(time ?? Self.firstSecond)
        self.id = MessageID(
            rawValue: seconds * Self.idsPerSecond + (number ?? Self.hash(old)) % Self.idsPerSecond
        )
        self.createTime = time ?? 0
    }

    /// Seconds out of seconds or milliseconds; nil for what is no time of a message.
    static func seconds(_ time: Int64?, now: Int64) -> Int64? {
        guard let time else { return nil }
        let seconds = time > 100_000_000_000 ? time / 1000 : time
        return self.firstSecond...max(now + 86_400, self.firstSecond) ~= seconds ? seconds : nil
    }

    private static func isOurs(_ number: UInt64, now: Int64) -> Bool {
        Int64(exactly: number) != nil && self.seconds(Int64(number >> 20) / 1000, now: now) != nil
    }

    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
