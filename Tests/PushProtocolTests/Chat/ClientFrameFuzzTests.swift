// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Testing

@Suite("Client frames: random texts")
struct ClientFrameFuzzTests {
    @Test("whatever is accepted becomes a frame that is valid JSON, and holds the content and nothing forged")
    func messages() throws {
        let scanner = JSONScanner()
        let sender = "sender"
        try Fuzz.run("client frames") { generator in
            let frame = Self.frame(&generator)
            return generator.once(in: 2) ? frame : generator.mutated(frame)
        } check: { input, _ in
            guard UTF8Validation.isValid(input) else { return }
            guard
                case .message(let recipients, let type, let content, let members, let clientID) = DecodedFrame(
                    input,
                    scanner: scanner
                )
            else { return }
            try #require(recipients.count <= 100 && UserID.isValidType(type) && content.utf8.count <= 65_536)
            try #require(clientID.map { 1...64 ~= $0.utf8.count } ?? true)
            // The recipient's frame, read again.
            let frame = try withText(input) { text in
                _ = try scanner.scan(text)
                let body = try MessageBody(scanner.members, in: text)
                return MessageFrame(
                    id: MessageID(rawValue: 1),
                    sender: sender,
                    recipient: "r",
                    time: 5,
                    state: 1,
                    body: body
                )
            }
            try #require(Array(frame.content.readableBytesView) == Array(content.utf8))
            let received = try ScannedText(try textOfFrame(frame.frame))
            let own = ["\"0000000000000000001\"", "\"sender\"", "\"r\"", "\"\(type)\"", "5", "1", content]
            try #require(received.memberTexts.prefix(7).map(\.[1]) == own)
            try #require(
                received.memberTexts.prefix(7).map(\.[0]) == [
                    "id", "uid", "to_uid", "type", "time", "state", "content",
                ]
            )
            try #require(received.members.count == 7 + members.count)
        }
    }

    /// A frame as a client or an attacker may write it.
    private static func frame(_ generator: inout SeededGenerator) -> [UInt8] {
        let names = [
            "to_uid", "content", "type", "client_id", "uid", "id", "sk", "code", "message", "state", "time", "nick",
            "i\\u0064", "s\\u006b", "",
        ]
        let values = [
            "9", "\"9\"", "[1,2]", "\"chat\"", "\"push.a\"", "null", "{\"a\":[1]}", "\"\\u0000\"", "1e999",
            "\"\\ud83d\\ude00\"", "\"typing\"", "true",
        ]
        var frame = "{\"to_uid\":9,\"content\":\(generator.pick(values))"
        for _ in 0..<generator.below(5) {
            frame +=
                generator.pick([",", " , "]) + "\"\(generator.pick(names))\"" + generator.pick([":", " :\n"])
                + generator.pick(values)
        }
        return Array((frame + "}").utf8)
    }

    @Test("random texts are decoded or refused")
    func randomTexts() throws {
        let scanner = JSONScanner()
        let alphabet = Array(#"{}[]:,"\u0ping9 to_uidcontentye1"#.utf8)
        try Fuzz.run("client texts") { generator in
            (0..<generator.below(60)).map { _ in generator.pick(alphabet) }
        } check: { input, _ in
            if case .refused(let code, let message, _) = DecodedFrame(input, scanner: scanner) {
                try #require([400, 413].contains(code) && !message.isEmpty)
            }
        }
    }
}

extension UTF8Validation {
    fileprivate static func isValid(_ bytes: [UInt8]) -> Bool {
        withText(bytes) { self.isValid($0) }
    }
}
