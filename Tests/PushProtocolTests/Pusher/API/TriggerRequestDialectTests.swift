// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import Testing

@Suite("HTTP API: events of other dialects")
struct TriggerRequestDialectTests {
    private static let others = [Dialect.webmanPush, .workbunny2, .workbunny3]
    private static let workbunny = [Dialect.workbunny2, .workbunny3]

    private func event(_ body: String, _ dialect: Dialect, query: String = "") throws -> TriggerRequest {
        try TriggerRequest(
            ByteBuffer(string: body), isForm: true, query: APIParameters(query: query, dialect: dialect),
            dialect: dialect, maximumDataBytes: 100
        )
    }

    private func refusal(_ body: String, _ dialect: Dialect) -> APIError? {
        do { _ = try self.event(body, dialect) } catch { return error as? APIError }
        return nil
    }

    @Test(
        "data that is no string reaches workbunny's clients as it is, webman/push's as text",
        arguments: [
            (#"{"m":1}"#, #""{\"m\":1}""#), ("[]", #""[]""#), ("{}", #""{}""#), ("0", #""0""#), ("1.0", #""1.0""#),
            ("false", #""false""#),
        ])
    func data(data: String, text: String) throws {
        let body = #"{"name":"e","channels":["a"],"data":\#(data)}"#
        for dialect in Self.workbunny { #expect(String(buffer: try self.event(body, dialect).data) == data) }
        #expect(String(buffer: try self.event(body, .webmanPush).data) == text)
    }

    @Test("a string is passed on as it was written", arguments: others)
    func strings(dialect: Dialect) throws {
        for data in [#""""#, #""0""#, #""{\"m\":\u0031}""#, #""中\/""#] {
            #expect(
                String(buffer: try self.event(#"{"name":"e","channels":["a"],"data":\#(data)}"#, dialect).data) == data)
        }
    }

    @Test("workbunny's data is missing where it is null, but not where PHP takes it for false", arguments: workbunny)
    func noData(dialect: Dialect) {
        #expect(self.refusal(#"{"name":"e","channels":["a"],"data":null}"#, dialect)?.reason == .noEventData)
        #expect(self.refusal(#"{"name":"e","channels":["a"]}"#, dialect)?.reason == .noEventData)
        #expect(self.refusal(#"{"channels":["a"],"data":""}"#, dialect)?.reason == .noEventName)
        #expect(self.refusal(#"{"name":"","channels":["a"],"data":""}"#, dialect)?.reason == .noEventName)
    }

    @Test("large data is 413, of whatever kind", arguments: others)
    func large(dialect: Dialect) {
        for data in ["\"\(String(repeating: "x", count: 101))\"", "[\(String(repeating: "1,", count: 50))1]"] {
            #expect(self.refusal(#"{"name":"e","channels":["a"],"data":\#(data)}"#, dialect)?.status == 413)
        }
    }

    @Test("workbunny's event may go nowhere, and its channel wins over its channels", arguments: workbunny)
    func workbunnyChannels(dialect: Dialect) throws {
        for body in [#"{"name":"e","data":"d"}"#, #"{"name":"e","data":"d","channels":[]}"#] {
            #expect(try self.event(body, dialect).channels.isEmpty)
        }
        let both = #"{"name":"e","data":"d","channels":["a","b"],"channel":"c"}"#
        #expect(try self.event(both, dialect).channels.map(\.text) == ["c"])
        #expect(try self.event(both, .pusher).channels.map(\.text) == ["a", "b"])
        #expect(self.refusal(#"{"name":"e","data":"d"}"#, .webmanPush)?.status == 400)
    }

    @Test("names that are the protocol's own are refused in every dialect", arguments: Dialect.allCases)
    func reserved(dialect: Dialect) {
        for name in ["pusher:error", "pusher_internal:member_added"] {
            #expect(self.refusal(#"{"name":"\#(name)","channels":["a"],"data":"d"}"#, dialect)?.status == 400)
        }
    }

    @Test("a socket id of another server's form is found nowhere; Pusher's callers are told", arguments: others)
    func socketIDs(dialect: Dialect) throws {
        for id in ["0bb16cd8-0848-0e80-eb86-231c55caad5a", "", "x"] {
            let body = #"{"name":"e","channels":["a"],"data":"d","socket_id":"\#(id)"}"#
            #expect(try self.event(body, dialect).socketID == nil)
            #expect(self.refusal(body, .pusher)?.status == 400)
        }
        let own = SocketID(session: 7, node: 1, salt: 9)
        let body = #"{"name":"e","channels":["a"],"data":"d","socket_id":"\#(own.text)"}"#
        #expect(try self.event(body, dialect).socketID == own)
    }

    @Test("nothing is taken from the query, and nothing is asked with an event", arguments: others)
    func query(dialect: Dialect) throws {
        let body = #"{"name":"e","channels":["a"],"data":"d","info":"nonsense"}"#
        let event = try self.event(body, dialect, query: "socket_id=1.2&info=user_count&name=f")
        #expect(event.name == "e" && event.socketID == nil && event.info.isEmpty)
        #expect(throws: APIError.self) {
            try self.event(#"{"name":"e","data":"d"}"#, .webmanPush, query: "channel=a")
        }
    }

    @Test("a form is taken too, as PHP's servers do", arguments: others)
    func form(dialect: Dialect) throws {
        let event = try self.event("name=e&data=%7B%22m%22%3A1%7D&channels%5B0%5D=a&channels%5B1%5D=b", dialect)
        #expect(event.channels.map(\.text) == ["a", "b"])
        #expect(String(buffer: event.data) == #""{\"m\":1}""#)
    }

    @Test("a batch may be ten times as long", arguments: others)
    func batches(dialect: Dialect) throws {
        func batch(_ count: Int, _ dialect: Dialect) throws -> Int {
            let events = repeatElement(#"{"channel":"a","name":"e","data":"d"}"#, count: count).joined(separator: ",")
            return try TriggerRequest.batch(
                ByteBuffer(string: #"{"batch":[\#(events)]}"#), dialect: dialect, maximumDataBytes: 100
            ).count
        }
        #expect(try batch(100, dialect) == 100)
        #expect(throws: APIError.self) { try batch(101, dialect) }
        #expect(throws: APIError.self) { try batch(11, .pusher) }
        #expect(throws: APIError.badRequest("the body must be a JSON object with an array batch", reason: .noBatch)) {
            try TriggerRequest.batch(ByteBuffer(string: "{}"), dialect: dialect, maximumDataBytes: 100)
        }
    }
}
