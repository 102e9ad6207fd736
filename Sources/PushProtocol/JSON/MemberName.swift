// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// The name of a member in one word, so that a message's members are told apart without a string for each of them.
///
/// Up to sixteen bytes are the word itself, the last in the lowest byte. A longer name, or one that begins with a zero
/// byte (`\u0000`), is hashed: nobody looks for one, they are only compared with each other.
package struct MemberName: Hashable, Sendable {
    private static let maximumBytes = 16
    /// The highest byte of a hashed name, which is no byte of UTF-8.
    private static let hashed: UInt128 = 0xFF << 120

    private let word: UInt128

    /// The name of a string.
    package init(_ name: StaticString) {
        self.init(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    init(_ bytes: UnsafeRawBufferPointer) {
        var word: UInt128 = 0
        if bytes.count <= Self.maximumBytes && bytes.first != 0 {
            for byte in bytes { word = word << 8 | UInt128(byte) }
        } else {
            var hash: UInt64 = 14_695_981_039_346_656_037
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
            word = Self.hashed | UInt128(hash)
        }
        self.word = word
    }

    /// A name by its word: a constant that needs no initialization at run time.
    private init(word: UInt128) {
        self.word = word
    }

    /// Whether equal words mean equal names.
    var isWhole: Bool { self.word < Self.hashed }

    /// `id`
    package static let id = MemberName(word: 0x6964)
    /// `uid`
    package static let uid = MemberName(word: 0x75_6964)
    /// `to_uid`
    package static let recipient = MemberName(word: 0x746F_5F75_6964)
    /// `uid_all`
    package static let recipients = MemberName(word: 0x75_6964_5F61_6C6C)
    /// `to_fd`
    package static let session = MemberName(word: 0x74_6F5F_6664)
    /// `fd_all`
    package static let sessions = MemberName(word: 0x6664_5F61_6C6C)
    /// `type`
    package static let type = MemberName(word: 0x7479_7065)
    /// `content`
    package static let content = MemberName(word: 0x63_6F6E_7465_6E74)
    /// `time`
    package static let time = MemberName(word: 0x7469_6D65)
    /// `state`
    package static let state = MemberName(word: 0x73_7461_7465)
    /// `code`
    package static let code = MemberName(word: 0x636F_6465)
    /// `message`
    package static let message = MemberName(word: 0x6D_6573_7361_6765)
    /// `sk`
    package static let secret = MemberName(word: 0x736B)
    /// `access_token`
    package static let accessToken = MemberName(word: 0x6163_6365_7373_5F74_6F6B_656E)
    /// `client_id`
    package static let clientID = MemberName(word: 0x63_6C69_656E_745F_6964)
    /// `means`
    package static let means = MemberName(word: 0x6D_6561_6E73)
    /// `data`
    package static let data = MemberName(word: 0x6461_7461)
    /// `request_id`
    package static let requestID = MemberName(word: 0x7265_7175_6573_745F_6964)
    /// `ack`
    package static let ack = MemberName(word: 0x61_636B)
    /// `reply`
    package static let reply = MemberName(word: 0x72_6570_6C79)
    /// `key`
    package static let key = MemberName(word: 0x6B_6579)
    /// `ts`
    package static let timestamp = MemberName(word: 0x7473)
    /// `nonce`
    package static let nonce = MemberName(word: 0x6E_6F6E_6365)
    /// `mac`
    package static let mac = MemberName(word: 0x6D_6163)
    /// `body`
    package static let body = MemberName(word: 0x626F_6479)
    /// `source`
    package static let source = MemberName(word: 0x736F_7572_6365)
    /// `event`
    package static let event = MemberName(word: 0x65_7665_6E74)
    /// `channel`
    package static let channel = MemberName(word: 0x63_6861_6E6E_656C)
    /// `auth`
    package static let auth = MemberName(word: 0x6175_7468)
    /// `channel_data`
    package static let channelData = MemberName(word: 0x6368_616E_6E65_6C5F_6461_7461)
    /// `user_data`
    package static let userData = MemberName(word: 0x75_7365_725F_6461_7461)
    /// `user_id`
    package static let userID = MemberName(word: 0x75_7365_725F_6964)
    /// `user_info`
    package static let userInfo = MemberName(word: 0x75_7365_725F_696E_666F)
    /// `watchlist`
    package static let watchlist = MemberName(word: 0x77_6174_6368_6C69_7374)

    package static func ~= (pattern: MemberName, value: MemberName) -> Bool { pattern.word == value.word }
}
