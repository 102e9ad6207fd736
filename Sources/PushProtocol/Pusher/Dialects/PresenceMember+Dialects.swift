// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension PresenceMember {
    /// Reads what a client of an older dialect says of itself: these servers ask for both parts.
    ///
    /// - Parameter scanner: a scanner that may be used; what it held is lost.
    package init(
        _ channelData: DialectClientFrame.ChannelData, scanner: JSONScanner
    ) throws(DialectRefusal) {
        guard let object = ScannedObject(Array(channelData.text.utf8), scanner: scanner) else {
            throw .badChannelData(member: nil)
        }
        for (member, name) in [(MemberName.userID, "user_id"), (.userInfo, "user_info")] {
            guard let value = object.members.value(member), value.kind != .null else {
                throw .badChannelData(member: name)
            }
        }
        do {
            self = try PresenceMember(channelData: channelData.text, scanner: scanner)
        } catch {
            throw .other(error.message)
        }
    }
}
