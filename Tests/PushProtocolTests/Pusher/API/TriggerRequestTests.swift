// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import Testing

@Suite("HTTP API: events")
struct TriggerRequestTests {
    private func event(
        _ body: String, isForm: Bool = false, query: String = "", maximum: Int = 100
    ) throws(APIError) -> TriggerRequest {
        try TriggerRequest(
            ByteBuffer(string: body), isForm: isForm, query: APIParameters(query), maximumDataBytes: maximum
        )
    }

    private func status(_ body: () throws -> Void) -> Int? {
        do {
            try body()
            return nil
        } catch {
            return (error as? APIError)?.status
        }
    }

    @Test("an event has a name, data, and one channel or several")
    func fields() throws {
        let one = try self.event(#"{"name":"e","data":"d","channel":"a","x":{"y":[1]}}"#)
        #expect(one.name == "e")
        #expect(String(buffer: one.data) == #""d""#)
        #expect(one.channels.map(\.text) == ["a"])
        #expect(one.socketID == nil)
        #expect(one.info == [])
        let all = try self.event(
            #"{"socket_id":"12.34","info":"user_count,subscription_count","channels":["a","private-b","a"],"data":"","name":"é"}"#
        )
        #expect(all.name == "é")
        #expect(all.channels.map(\.text) == ["a", "private-b"])
        #expect(all.socketID == SocketID("12.34"))
        #expect(all.info == [.userCount, .subscriptionCount])
    }

    @Test("null is as good as nothing")
    func null() throws {
        let event = try self.event(
            #"{"name":"e","data":"d","channels":["a"],"channel":null,"socket_id":null,"info":null}"#)
        #expect(event.channels.map(\.text) == ["a"])
        #expect(event.socketID == nil)
        #expect(try self.event(#"{"name":"e","data":"d","channels":null,"channel":"b"}"#).channels.map(\.text) == ["b"])
    }

    @Test(
        "a string is passed on byte for byte",
        arguments: [#""""#, #""{\"a\":1}""#, #""\u4e2d\/\ud83d\ude00 \ud800""#, #""中😀/ ""#])
    func strings(data: String) throws {
        let event = try self.event(#"{"name":"e","channel":"a","data": \#(data) }"#)
        #expect(String(buffer: event.data) == data)
    }

    @Test(
        "what is no string becomes the text of one",
        arguments: [
            ("null", #""null""#), ("true", #""true""#), ("-1.50e3", #""-1.50e3""#), ("[1, 2]", #""[1, 2]""#),
            (#"{"a":"b\n"}"#, #""{\"a\":\"b\\n\"}""#),
        ])
    func others(data: String, token: String) throws {
        let event = try self.event(#"{"name":"e","channel":"a","data":\#(data)}"#)
        #expect(String(buffer: event.data) == token)
    }

    @Test("data is measured without its escapes; one byte too many is 413")
    func dataSize() throws {
        for (data, count) in [
            ("abcd", 4), (#"\"\"\"\""#, 4), (#"\u4e2d\u0041"#, 4), ("中a", 4), (#"\ud83d\ude00"#, 4),
        ] {
            let body = #"{"name":"e","channel":"a","data":"\#(data)"}"#
            #expect(self.status { _ = try self.event(body, maximum: count) } == nil, "\(data)")
            #expect(self.status { _ = try self.event(body, maximum: count - 1) } == 413, "\(data)")
        }
        #expect(self.status { _ = try self.event(#"{"name":"e","channel":"a","data":[10]}"#, maximum: 4) } == nil)
        #expect(self.status { _ = try self.event(#"{"name":"e","channel":"a","data":[10]}"#, maximum: 3) } == 413)
    }

    @Test(
        "what is missing or wrong is 400",
        arguments: [
            "", "[]", "\"a\"", "hello", "{", "{}", "{\"name\":\"e\",\"name\":\"e\",\"channel\":\"a\",\"data\":\"\"}",
            #"{"data":"d","channel":"a"}"#, #"{"name":"","data":"d","channel":"a"}"#,
            #"{"name":"pusher:error","data":"d","channel":"a"}"#,
            #"{"name":"pusher_internal:member_added","data":"d","channel":"a"}"#,
            #"{"name":1,"data":"d","channel":"a"}"#, #"{"name":"e","channel":"a"}"#, #"{"name":"e","data":"d"}"#,
            #"{"name":"e","data":"d","channels":[]}"#, #"{"name":"e","data":"d","channels":"a"}"#,
            #"{"name":"e","data":"d","channels":[1]}"#, #"{"name":"e","data":"d","channels":["a",["b"]]}"#,
            #"{"name":"e","data":"d","channels":["a",""]}"#, #"{"name":"e","data":"d","channel":"a b"}"#,
            ##"{"name":"e","data":"d","channel":"#a"}"##, ##"{"name":"e","data":"d","channel":"#server-to-user-"}"##,
            #"{"name":"e","data":"d","channel":1}"#, #"{"name":"e","data":"d","channel":"a","info":"count"}"#,
            #"{"name":"e","data":"d","channel":"a","info":["user_count"]}"#,
            #"{"name":"e","data":"d","channels":["a","private-encrypted-b"]}"#,
            "{\"name\":\"\(String(repeating: "e", count: 201))\",\"data\":\"d\",\"channel\":\"a\"}",
        ])
    func refused(body: String) {
        #expect(self.status { _ = try self.event(body) } == 400)
    }

    @Test("a body that is no UTF-8 is 400")
    func invalidUTF8() throws {
        let query = try APIParameters("name=e")
        for text in [#"{"name":"e","channel":"a","data":"§"}"#, "data=§&channel=a"] {
            let body = ByteBuffer(bytes: text.utf8.map { $0 == 0xC2 ? 0xFF : $0 })
            #expect(
                self.status {
                    _ = try TriggerRequest(body, isForm: true, query: query, maximumDataBytes: 10)
                } == 400)
        }
    }

    @Test(
        "a socket id that is not two numbers is 400",
        arguments: ["", "1", "1.", ".1", "1.2.3", "a.b", "-1.2", "1.2 ", "1,2", "١.٢"])
    func badSocketID(text: String) {
        let body = #"{"name":"e","data":"d","channel":"a","socket_id":"\#(text)"}"#
        #expect(self.status { _ = try self.event(body) } == 400)
    }

    @Test("a socket id with numbers that are no connection's here is taken, and excludes nobody")
    func strangeSocketID() throws {
        let body = #"{"name":"e","data":"d","channel":"a","socket_id":"1.99999999999999999999"}"#
        #expect(try self.event(body).socketID == nil)
    }

    @Test("an event goes to a hundred channels at most, or to one encrypted channel, or to a user")
    func channels() throws {
        func body(_ names: [String]) -> String {
            #"{"name":"e","data":"d","channels":["# + names.map { "\"\($0)\"" }.joined(separator: ",") + "]}"
        }
        #expect(try self.event(body((0..<100).map { "c\($0)" })).channels.count == 100)
        #expect(self.status { _ = try self.event(body((0..<101).map { "c\($0)" })) } == 400)
        let encrypted = try self.event(body(["private-encrypted-a", "private-encrypted-a"]))
        #expect(encrypted.channels.map(\.kind) == [.encrypted])
        #expect(try self.event(body(["#server-to-user-7"])).channels.first?.user == "7")
    }

    @Test("a form and a query say the same as JSON, and JSON comes first")
    func form() throws {
        let form = try self.event("name=e&data=%7B%22a%22%3A+1%7D&channels%5B%5D=a&channels[]=b", isForm: true)
        #expect(form.name == "e")
        #expect(String(buffer: form.data) == #""{\"a\": 1}""#)
        #expect(form.channels.map(\.text) == ["a", "b"])
        let php = try self.event("", query: "name=e&data=d&channels[0]=a&channels[1]=b&socket_id=1.2&info=cache")
        #expect(php.channels.map(\.text) == ["a", "b"])
        #expect(php.socketID == SocketID("1.2"))
        #expect(php.info == [.cache])
        #expect(try self.event("", query: "name=e&data=d&channel=a").channels.map(\.text) == ["a"])
        #expect(try self.event("", query: "name=e&data=d&channels=a").channels.map(\.text) == ["a"])
        let both = try self.event(#"{"name":"json","data":"d"}"#, query: "name=query&channels[]=q")
        #expect(both.name == "json")
        #expect(both.channels.map(\.text) == ["q"])
        let many = (0..<101).map { "channels[]=c\($0)" }.joined(separator: "&")
        #expect(self.status { _ = try self.event("", query: "name=e&data=d&\(many)") } == 400)
    }

    @Test("a batch holds up to ten events, in their order")
    func batch() throws {
        func batch(_ count: Int) throws -> [TriggerRequest] {
            let events = (0..<count).map { #"{"name":"e\#($0)","channel":"c\#($0)","data":"\#($0)"}"# }
            let body = #" {"batch":[\#(events.joined(separator: ","))]} "#
            return try TriggerRequest.batch(ByteBuffer(string: body), maximumDataBytes: 1)
        }
        let events = try batch(10)
        #expect(events.map(\.name) == (0..<10).map { "e\($0)" })
        #expect(events.map { $0.channels.map(\.text) } == (0..<10).map { ["c\($0)"] })
        #expect(events.map { String(buffer: $0.data) } == (0..<10).map { "\"\($0)\"" })
        #expect(try batch(0).isEmpty)
        #expect(self.status { _ = try batch(11) } == 400)
    }

    @Test(
        "one wrong event spoils a batch",
        arguments: [
            (#"{"name":"e","data":"d"}"#, 400), (#"{"name":"e","data":"dd","channel":"a"}"#, 413), ("1", 400),
            (#"{"name":"e","data":"d","channels":["a","b"]}"#, 400), ("[]", 400),
        ])
    func badBatch(event: String, status: Int) {
        let body = #"{"batch":[{"name":"e","data":"d","channel":"a"},\#(event)]}"#
        #expect(
            self.status { _ = try TriggerRequest.batch(ByteBuffer(string: body), maximumDataBytes: 1) } == status)
    }

    @Test("what is no batch is 400", arguments: ["", "[]", "{}", #"{"batch":{}}"#, #"{"batch":null}"#, "{\"batch\":["])
    func noBatch(body: String) {
        #expect(self.status { _ = try TriggerRequest.batch(ByteBuffer(string: body), maximumDataBytes: 1) } == 400)
    }

    @Test("the deprecated call sends its body as it is")
    func deprecated() throws {
        let channel = try #require(ChannelName("a"))
        func event(_ body: ByteBuffer, _ query: String) throws -> TriggerRequest {
            try TriggerRequest(body, to: channel, query: APIParameters(query), maximumDataBytes: 8)
        }
        let event1 = try event(ByteBuffer(string: #"{"a":1}"#), "name=e&socket_id=1.2")
        #expect(event1.name == "e")
        #expect(String(buffer: event1.data) == #""{\"a\":1}""#)
        #expect(event1.channels == [channel])
        #expect(event1.socketID == SocketID("1.2"))
        #expect(self.status { _ = try event(ByteBuffer(string: "123456789"), "name=e") } == 413)
        #expect(self.status { _ = try event(ByteBuffer(bytes: [0xFF]), "name=e") } == 400)
        #expect(self.status { _ = try event(ByteBuffer(string: "a"), "") } == 400)
    }
}
