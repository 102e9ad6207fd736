// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("Channels: users who sign in")
struct SigninUserTests {
    private func read(_ text: String) -> Result<SigninUser, PusherClientFrame.Refusal> {
        Result { () throws(PusherClientFrame.Refusal) in try SigninUser(userData: text, scanner: JSONScanner()) }
    }

    static let users: [(String, id: String, info: String?, watchlist: [String])] = [
        (#"{"id":"12345"}"#, "12345", nil, []),
        (
            #"{"watchlist":["b","c"],"user_info":{"name" : "\u00e9"},"id":"a@b.c","x":[{}]}"#, "a@b.c",
            #"{"name" : "\u00e9"}"#, ["b", "c"]
        ),
        (#"{"id":"1","user_info":null,"watchlist":null}"#, "1", nil, []),
        (#"{"id":"1","watchlist":[]}"#, "1", nil, []),
        // Once each, in their order; numbers as their text.
        (#"{"id":"1","watchlist":[ 9, "b" ,"9","\u0062","a"]}"#, "1", nil, ["9", "b", "a"]),
        (#"{"\u0069d":"\u0031"}"#, "1", nil, []),
        (#"{"id":"\#(String(repeating: "x", count: 200))"}"#, String(repeating: "x", count: 200), nil, []),
    ]

    @Test("are read out of the text that was signed", arguments: users)
    func reads(text: String, id: String, info: String?, watchlist: [String]) throws {
        let user = try self.read(text).get()
        #expect(user.id == id)
        #expect(user.info == info)
        #expect(user.watchlist == watchlist)
    }

    @Test("bring their whole watchlist, however long")
    func longWatchlist() throws {
        let ids = (0..<500).map { "u\($0)" }
        let list = ids.map { "\"\($0)\"" }.joined(separator: ",")
        #expect(try self.read(#"{"id":"1","watchlist":[\#(list)]}"#).get().watchlist == ids)
    }

    static let noID = "user_data.id must be a string of 1-200 of A-Z a-z 0-9 _ - = @ , . ;"
    static let noList = "user_data.watchlist must be an array of user ids"
    static let refused: [(String, String)] = [
        ("", "user_data is not JSON: malformed at byte 0"), ("[]", "user_data must be a JSON object"),
        (#""x""#, "user_data must be a JSON object"),
        (#"{"id":"1","id":"2"}"#, "user_data is not JSON: repeated member at byte 10"),
        ("{}", noID), (#"{"id":""}"#, noID), (#"{"id":12345}"#, noID), (#"{"id":null}"#, noID),
        (#"{"id":["1"]}"#, noID), (#"{"id":"a b"}"#, noID), (#"{"id":"é"}"#, noID),
        (#"{"id":"\ud800"}"#, noID), (#"{"user_id":"1"}"#, noID),
        (#"{"id":"\#(String(repeating: "x", count: 201))"}"#, noID),
        (#"{"id":"1","watchlist":"b"}"#, noList), (#"{"id":"1","watchlist":{"0":"b"}}"#, noList),
        (#"{"id":"1","watchlist":["b",null]}"#, noList), (#"{"id":"1","watchlist":[["b"]]}"#, noList),
        (#"{"id":"1","watchlist":["\ud800"]}"#, noList), (#"{"id":"1","watchlist":5}"#, noList),
    ]

    @Test("without an id, or with a watchlist that is none, are refused", arguments: refused)
    func refuses(text: String, message: String) {
        #expect(self.read(text) == .failure(PusherClientFrame.Refusal(message)))
    }
}
