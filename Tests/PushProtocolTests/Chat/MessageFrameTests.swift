// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import Testing

@Suite("Message frames")
struct MessageFrameTests {
    static let id = MessageID(rawValue: 1_952_257_861_484_937_216)

    private func frame(
        _ object: String,
        recipient: String? = "9",
        time: Int64 = 1_599_877_568,
        state: UInt8 = 1
    ) throws -> (text: String, content: String) {
        try withText(object) { text in
            let scanner = JSONScanner()
            _ = try scanner.scan(text)
            let body = try MessageBody(scanner.members, in: text)
            let frame = MessageFrame(
                id: Self.id,
                sender: "7",
                recipient: recipient,
                time: time,
                state: state,
                body: body
            )
            return (try textOfFrame(frame.frame), String(buffer: frame.content))
        }
    }

    static let frames: [(String, String)] = [
        (
            #"{"content":{"type":"text","value":"新内容"}}"#,
            #"{"id":"1952257861484937216","uid":"7","to_uid":"9","type":"chat","time":1599877568,"#
                + #""state":1,"content":{"type":"text","value":"新内容"}}"#
        ),
        (
            #"{ "x" : [1, 2] ,"uid":"0","content": 1e999 ,"type":"card","sk":"s","y":"\u0000"}"#,
            #"{"id":"1952257861484937216","uid":"7","to_uid":"9","type":"card","time":1599877568,"#
                + #""state":1,"content":1e999,"x" : [1, 2],"y":"\u0000"}"#
        ),
    ]

    @Test("a message as its recipient sees it", arguments: frames)
    func showsMessage(object: String, expected: String) throws {
        #expect(try self.frame(object).text == expected)
    }

    @Test("without a recipient one frame serves all; replayed it says so")
    func variants() throws {
        let all = try self.frame(#"{"content":"é"}"#, recipient: nil, time: 0, state: 0)
        #expect(all.text == #"{"id":"1952257861484937216","uid":"7","type":"chat","time":0,"state":0,"content":"é"}"#)
    }

    @Test("the content stands in the frame byte for byte, and shares its memory", arguments: MessageBodyTests.contents)
    func content(json: String) throws {
        let frame = try self.frame(#"{"a":1,"content":\#(json),"b":2}"#)
        #expect(Array(frame.content.utf8) == Array(json.utf8))
        #expect(frame.text.hasSuffix(#","content":\#(json),"a":1,"b":2}"#))
        let scanned = try ScannedText(frame.text)
        #expect(scanned.members.count == 9)
    }

    @Test("large contents have the longer headers", arguments: [100, 200, 65_000, 65_536])
    func large(count: Int) throws {
        let content = "\"" + String(repeating: "x", count: count - 2) + "\""
        let frame = try self.frame(#"{"content":\#(content)}"#)
        #expect(frame.content == content)
        #expect(frame.text.hasSuffix(content + "}"))
    }

    @Test("names and numbers of every length have the room they need")
    func lengths() throws {
        let name = String(repeating: "n", count: 64)
        try withText("[]") { content in
            for (id, time) in [(UInt64.max, Int64.max), (0, .min), (1 << 63, 0), (999_999_999_999_999_999, -1)] {
                let frame = MessageFrame(
                    id: MessageID(rawValue: id),
                    sender: name,
                    recipient: name,
                    time: time,
                    state: 9,
                    body: MessageBody(type: name, content: content)
                )
                let scanned = try ScannedText(try textOfFrame(frame.frame))
                // What lies before 1970 counts as 1970; a state is 1 or 0.
                let digits = "\"\(MessageID(rawValue: id).text)\""
                let expected = [digits, "\"\(name)\"", "\"\(name)\"", "\"\(name)\"", String(max(0, time)), "0", "[]"]
                #expect(scanned.memberTexts.map(\.[1]) == expected)
            }
        }
    }

    @Test("times and ids are written in decimal, at every number of digits", arguments: 0..<19)
    func decimals(exponent: Int) throws {
        let power = (0..<exponent).reduce(1 as Int64) { power, _ in power * 10 }
        for time in [power - 1, power, power + 1, power * 5 + 7] {
            let id = MessageID(rawValue: UInt64(time))
            let frame = withText("0") { content in
                let body = MessageBody(type: "t", content: content)
                return MessageFrame(id: id, sender: "s", recipient: nil, time: time, state: 1, body: body)
            }
            let text = try textOfFrame(frame.frame)
            #expect(text == #"{"id":"\#(id.text)","uid":"s","type":"t","time":\#(time),"state":1,"content":0}"#)
        }
    }
}
