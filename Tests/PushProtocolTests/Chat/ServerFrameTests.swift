// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import PushTesting
import Testing

/// The text of a frame of the server, whose header must say exactly how long it is.
func textOfFrame(_ frame: ByteBuffer) throws -> String {
    var frame = frame
    let first = frame.readInteger(as: UInt8.self)
    try #require(first == 0x81)
    let short = frame.readInteger(as: UInt8.self)
    let length: Int? =
        switch short {
        case 126: frame.readInteger(as: UInt16.self).map { Int($0) }
        case 127: frame.readInteger(as: UInt64.self).map { Int($0) }
        default: short.map { Int($0) }
        }
    try #require(length == frame.readableBytes)
    return try #require(String(validating: frame.readableBytesView, as: UTF8.self))
}

@Suite("Server frames")
struct ServerFrameTests {
    static let id = MessageID(rawValue: 1_952_257_861_484_937_216)

    static let frames: [(ByteBuffer, String)] = [
        (
            ServerFrame.loginAccepted(
                deviceToken: "d1",
                uid: "123456",
                source: "app",
                session: 17,
                milliseconds: 1_599_877_568_123,
                ping: 25
            ),
            #"{"message":"授权成功","type":"login","code":200,"data":{"token":"d1","uid":"123456","#
                + #""source":"app","session":17,"time":1599877568123,"ping":25}}"#
        ),
        (
            ServerFrame.loginAccepted(
                deviceToken: "a\"\\\n",
                uid: "u",
                source: "pc",
                session: 1 << 53 - 1,
                milliseconds: 0,
                ping: 0
            ),
            #"{"message":"授权成功","type":"login","code":200,"#
                + #""data":{"token":"a\"\\\n","uid":"u","source":"pc","session":9007199254740991,"time":0,"ping":0}}"#
        ),
        (ServerFrame.loginRefused, #"{"message":"授权失败","type":"login","code":401,"data":[]}"#),
        (ServerFrame.loginUnavailable, #"{"message":"服务暂不可用","type":"login","code":503,"data":[]}"#),
        (ServerFrame.replaced, #"{"message":"该账号已在别处登录，您被踢下线","type":"login","code":441,"data":[]}"#),
        (ServerFrame.kicked(message: "bye \"you\""), #"{"type":"kick","code":441,"message":"bye \"you\"","data":[]}"#),
        (ServerFrame.pong(milliseconds: 1_599_877_568_123), #"{"type":"pong","time":1599877568123}"#),
        (ServerFrame.typing(from: "7"), #"{"type":"typing","uid":"7"}"#),
        (
            ServerFrame.ack(clientID: "c-1", id: id, isOnline: true, isStored: true),
            #"{"type":"ack","code":200,"client_id":"c-1","id":"1952257861484937216","data":{"onLine":1}}"#
        ),
        (
            ServerFrame.ack(clientID: "\u{0}\"", id: id, isOnline: false, isStored: false),
            #"{"type":"ack","code":200,"client_id":"\u0000\"","id":"1952257861484937216","#
                + #""data":{"onLine":0},"stored":false}"#
        ),
        (
            ServerFrame.error(.tooLarge, clientID: nil),
            #"{"type":"error","code":413,"message":"content is larger than 64 KiB"}"#
        ),
        (
            ServerFrame.error(.tooFast, clientID: "c", retryAfter: 250),
            #"{"type":"error","code":429,"message":"too many messages","client_id":"c","retry_after":250}"#
        ),
        (
            ServerFrame.error(.refused, clientID: "c"),
            #"{"type":"error","code":503,"message":"the archive is full; not delivered, not stored","client_id":"c"}"#
        ),
        (
            ServerFrame.error(.forbidden("no\n\u{1B}[31m"), clientID: nil),
            #"{"type":"error","code":403,"message":"no\n\u001b[31m"}"#
        ),
        (
            ServerFrame.error(.malformed("x"), clientID: nil, retryAfter: 0),
            #"{"type":"error","code":400,"message":"x","retry_after":0}"#
        ),
    ]

    @Test("are the JSON of the protocol, to the byte", arguments: frames)
    func text(frame: ByteBuffer, expected: String) throws {
        #expect(try textOfFrame(frame) == expected)
        #expect(scanError(expected) == nil)
    }

    @Test(
        "tell the reason of a JSON error and where it stands",
        arguments: [
            (JSONError(.malformed, at: 0), "JSON: malformed at byte 0"),
            (JSONError(.tooDeep, at: 64), "JSON: nested too deep at byte 64"),
            (JSONError(.repeatedMember, at: 7), "JSON: repeated member at byte 7"),
        ]
    )
    func jsonErrors(error: JSONError, message: String) {
        #expect(FrameError(error) == FrameError(code: 400, message: message))
    }

    @Test("are valid JSON whatever text stands in them")
    func anyText() throws {
        try Fuzz.run("server frames") { generator in
            Array(String((0..<generator.below(100)).map { _ in generator.character() }).utf8)
        } check: { input, generator in
            let text = String(decoding: input, as: UTF8.self)
            let frames = [
                ServerFrame.kicked(message: text), ServerFrame.typing(from: text),
                ServerFrame.error(.malformed(text), clientID: text, retryAfter: 1),
                ServerFrame.ack(
                    clientID: text,
                    id: MessageID(rawValue: generator.next()),
                    isOnline: true,
                    isStored: false
                ),
                ServerFrame.loginAccepted(
                    deviceToken: text,
                    uid: text,
                    source: text,
                    session: 1,
                    milliseconds: -1,
                    ping: 1
                ),
            ]
            for frame in frames {
                let json = try textOfFrame(frame)
                try #require(scanError(json) == nil)
            }
        }
    }
}
