// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("JSON: names of members")
struct MemberNameTests {
    static let names: [(MemberName, String)] = [
        (.id, "id"), (.uid, "uid"), (.recipient, "to_uid"), (.recipients, "uid_all"), (.session, "to_fd"),
        (.sessions, "fd_all"), (.type, "type"), (.content, "content"), (.time, "time"), (.state, "state"),
        (.code, "code"), (.message, "message"), (.secret, "sk"), (.accessToken, "access_token"),
        (.clientID, "client_id"), (.means, "means"), (.data, "data"), (.requestID, "request_id"), (.ack, "ack"),
        (.reply, "reply"), (.source, "source"), (.event, "event"), (.channel, "channel"), (.auth, "auth"),
        (.channelData, "channel_data"), (.userData, "user_data"), (.userID, "user_id"), (.userInfo, "user_info"),
        (.watchlist, "watchlist"),
    ]

    /// The value of the member of that name in an object whose only key is `key`, as it is written.
    private func find(_ name: MemberName, key: String) throws -> Bool {
        try withText("{\"\(key)\":1}") { text in
            let scanner = JSONScanner()
            _ = try scanner.scan(text)
            return scanner.members.value(name) != nil
        }
    }

    @Test("are found as they are, and escaped", arguments: names)
    func found(name: MemberName, text: String) throws {
        #expect(try self.find(name, key: text))
        let escaped = text.utf8.map { "\\u00" + String($0, radix: 16) }.joined()
        #expect(try self.find(name, key: escaped))
        for (other, _) in Self.names where other != name { #expect(try !self.find(other, key: text)) }
    }

    @Test("are found nowhere else", arguments: names)
    func notFound(name: MemberName, text: String) throws {
        let others = [
            "", "x" + text, text + "x", " " + text, text + " ", text.uppercased(), String(text.dropLast()),
            String(text.dropFirst()), "\\u0000" + text, text + "\\u0000", "\\u0000\\u0000" + text, "\\ufeff" + text,
            text + "\\ud800", text + text + text + text + text + text + text + text + text,
        ]
        for other in others { #expect(try !self.find(name, key: other)) }
    }

    @Test("of up to sixteen bytes are told apart, longer ones are none")
    func lengths() throws {
        #expect(try self.find(MemberName("sixteen-bytes-ok"), key: "sixteen-bytes-ok"))
        #expect(try !self.find(MemberName("sixteen-bytes-ok"), key: "sixteen-bytes-okk"))
        #expect(try !self.find(MemberName("ixteen-bytes-okk"), key: "sixteen-bytes-okk"))
        #expect(MemberName("a") != MemberName("b"))
        #expect(MemberName("ab") != MemberName("ba"))
    }
}
