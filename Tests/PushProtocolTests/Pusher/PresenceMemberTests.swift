// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("Channels: members of presence channels")
struct PresenceMemberTests {
    private func read(_ text: String) -> Result<PresenceMember, PusherClientFrame.Refusal> {
        Result { () throws(PusherClientFrame.Refusal) in
            try PresenceMember(channelData: text, scanner: JSONScanner())
        }
    }

    static let members: [(String, id: String, info: String?)] = [
        (#"{"user_id":"1"}"#, "1", nil), (#"{"user_id":10}"#, "10", nil), (#"{"user_id":-1.5e3}"#, "-1.5e3", nil),
        (#"{"user_id":123456789012345678901234567890}"#, "123456789012345678901234567890", nil),
        (
            #" {"x":1,"user_info":{"name": "Mr. \"\u00e9\""} , "user_id":"a b\u00e9\/"} "#, "a bé/",
            #"{"name": "Mr. \"\u00e9\""}"#
        ),
        (#"{"user_id":"1","user_info":null}"#, "1", nil), (#"{"user_id":"1","user_info":[]}"#, "1", "[]"),
        (#"{"user_id":"1","user_info":"x"}"#, "1", #""x""#), (#"{"user_id":" "}"#, " ", nil),
        (#"{"user_id":"\#(String(repeating: "é", count: 128))"}"#, String(repeating: "é", count: 128), nil),
        (
            #"{"user_id":"1","user_info":"\#(String(repeating: "x", count: 2046))"}"#, "1",
            "\"" + String(repeating: "x", count: 2046) + "\""
        ),
    ]

    @Test("are read out of the text that was signed", arguments: members)
    func reads(text: String, id: String, info: String?) throws {
        let member = try self.read(text).get()
        #expect(member.id == id)
        #expect(member.info == info)
    }

    static let noID = "channel_data.user_id must be a number, or a string of 1-128 characters"
    static let refused: [(String, String)] = [
        ("", "channel_data is not JSON: malformed at byte 0"), ("{", "channel_data is not JSON: malformed at byte 1"),
        (#"{"user_id":"1","user_id":"2"}"#, "channel_data is not JSON: repeated member at byte 15"),
        ("5", "channel_data must be a JSON object"), (#""{}""#, "channel_data must be a JSON object"),
        (#"["user_id"]"#, "channel_data must be a JSON object"), ("null", "channel_data must be a JSON object"),
        ("{}", noID), (#"{"id":"1"}"#, noID), (#"{"user_id":""}"#, noID),
        (#"{"user_id":null}"#, noID), (#"{"user_id":true}"#, noID), (#"{"user_id":["1"]}"#, noID),
        (#"{"user_id":{"a":1}}"#, noID), (#"{"user_id":"\ud800"}"#, noID),
        (#"{"user_id":"\#(String(repeating: "x", count: 129))"}"#, noID),
        // One character to a reader, many to a machine.
        (#"{"user_id":"e\#(String(repeating: "\u{301}", count: 128))"}"#, noID),
        (#"{"user_id":1\#(String(repeating: "0", count: 128))}"#, noID),
        (
            #"{"user_id":"1","user_info":"\#(String(repeating: "x", count: 2047))"}"#,
            "channel_data.user_info is larger than 2048 bytes"
        ),
    ]

    @Test("without an id, or with too much about them, are refused", arguments: refused)
    func refuses(text: String, message: String) {
        #expect(self.read(text) == .failure(PusherClientFrame.Refusal(message)))
    }
}
