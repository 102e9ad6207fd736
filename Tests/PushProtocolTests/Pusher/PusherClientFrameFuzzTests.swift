// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import PushProtocol
import PushTesting
import Testing

@Suite("Channels: random client frames")
struct PusherClientFrameFuzzTests {
    /// A frame as a client or an attacker may write it.
    private static func frame(_ generator: inout SeededGenerator) -> [UInt8] {
        let events = [
            "client-a", "client-\\u00e9", "pusher:ping", "pusher:subscribe", "pusher:unsubscribe", "pusher:signin",
            "pusher:x", "", "\\ud800", "clien\\u0074-",
        ]
        let names = ["event", "channel", "data", "auth", "channel_data", "user_data", "ev\\u0065nt", "user_id", ""]
        let values = [
            "\"private-a\"", "9", "null", "true", "[\"x\"]", "{}", "{\"a\":[1]}", "\"\"",
            "\"{\\\"channel\\\":\\\"a\\\"}\"",
            "{\"channel\":\"a\",\"auth\":\"k:5\",\"channel_data\":\"{}\",\"user_data\":\"{}\"}", "\"\\u0000\"", "1e999",
            "{\"channel\":[\"x\"]}", "\"\\ud83d\\ude00\"", "\"{\"",
        ]
        var frame = "{\"event\":\"\(generator.pick(events))\",\"data\":\(generator.pick(values))"
        for _ in 0..<generator.below(4) {
            frame +=
                generator.pick([",", " , "]) + "\"\(generator.pick(names))\"" + generator.pick([":", " :\n"])
                + generator.pick(values)
        }
        return Array((frame + "}").utf8)
    }

    @Test("an event that is accepted goes on as the same event, and nothing forged with it")
    func events() throws {
        let scanner = JSONScanner()
        try Fuzz.run("channels frames") { generator in
            let frame = Self.frame(&generator)
            return generator.once(in: 2) ? frame : generator.mutated(frame)
        } check: { input, generator in
            guard String(validating: input, as: UTF8.self) != nil else { return }
            switch DecodedPusherFrame(input, scanner: scanner) {
            case .refused(let message):
                try #require(!message.isEmpty)
            case .event(let name, let channel, let data):
                let userID = generator.once(in: 2) ? "u" : nil
                let frame = withText(name) { name in
                    withText(data) { PusherServerFrame.event(name: name, channel: channel, data: $0, userID: userID) }
                }
                let received = try ScannedText(try textOfFrame(frame))
                let members = [["event", name], ["data", data], nil, userID.map { ["user_id", "\"\($0)\""] }]
                try #require(received.memberTexts.count == (userID == nil ? 3 : 4))
                for (member, expected) in zip(received.memberTexts, members) {
                    if let expected { try #require(member == expected) }
                }
                try #require(received.memberTexts[2][0] == "channel")
                let read = try withText(received.memberTexts[2][1]) { text in
                    JSONText.string(try scanner.scan(text), in: text)
                }
                try #require(read.map { Array($0.utf8) } == Array(channel.utf8))
            default:
                break
            }
        }
    }

    @Test("what is signed comes out as it went into its string, however often it was packed")
    func signedText() throws {
        let scanner = JSONScanner()
        try Fuzz.run("channels signed text") { generator in
            Array(String((0..<1 + generator.below(40)).map { _ in generator.character() }).utf8)
        } check: { input, generator in
            let text = String(decoding: input, as: UTF8.self)
            let object: [String: Any] = ["channel": "presence-a", "auth": text, "channel_data": text]
            let packed: Any =
                generator.once(in: 2)
                ? object : String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
            let frame = try JSONSerialization.data(withJSONObject: ["event": "pusher:subscribe", "data": packed])
            guard
                case .subscribe("presence-a", let auth, let channelData) = DecodedPusherFrame(
                    Array(frame), scanner: scanner
                )
            else { throw Unexpected() }
            try #require(auth.map { Array($0.utf8) } == input && channelData.map { Array($0.utf8) } == input)
        }
    }

    @Test("random texts are decoded or refused, by the readers of signed texts too")
    func randomTexts() throws {
        let scanner = JSONScanner()
        let alphabet = Array(#"{}[]:,"\u0pusher: eventchannldta-i1"#.utf8)
        let pieces = [#"{"user_id":"#, #"{"id":"1","watchlist":"#, "[", "1", #""a""#, "{}", "}", "]", ","]
        try Fuzz.run("channels texts") { generator in
            generator.once(in: 2)
                ? (0..<generator.below(60)).map { _ in generator.pick(alphabet) }
                : (0..<generator.below(8)).flatMap { _ in Array(generator.pick(pieces).utf8) }
        } check: { input, _ in
            if case .refused(let message) = DecodedPusherFrame(input, scanner: scanner) {
                try #require(!message.isEmpty)
            }
            let text = String(decoding: input, as: UTF8.self)
            if let member = try? PresenceMember(channelData: text, scanner: scanner) {
                try #require(1...128 ~= member.id.unicodeScalars.count && member.info?.utf8.count ?? 0 <= 2048)
            }
            if let user = try? SigninUser(userData: text, scanner: scanner) {
                try #require(ChannelName.serverToUser(user.id) != nil)
            }
        }
    }

    private struct Unexpected: Error {}
}
