// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import PushTesting
import Testing

/// A decoded command as plain values that outlive its text.
struct DecodedCommand: Equatable, Sendable {
    var secret: String?
    var means = "to_uid"
    var data: String
    var requestID: String?
    var waitsUntilStored = false
    var wantsReply = true

    init(
        secret: String? = nil,
        means: String = "to_uid",
        data: String,
        requestID: String? = nil,
        waitsUntilStored: Bool = false,
        wantsReply: Bool = true
    ) {
        self.secret = secret
        self.means = means
        self.data = data
        self.requestID = requestID
        self.waitsUntilStored = waitsUntilStored
        self.wantsReply = wantsReply
    }

    init(_ command: DatagramCommand) {
        self.init(
            secret: command.secret,
            means: command.means,
            data: String(decoding: command.data, as: UTF8.self),
            requestID: command.requestID,
            waitsUntilStored: command.waitsUntilStored,
            wantsReply: command.wantsReply
        )
    }
}

/// A decoded datagram: its commands, or the errors of those that were refused.
struct DecodedDatagram: Equatable, Sendable {
    var commands: [Result<DecodedCommand, DatagramCommand.Refusal>]
    var isArray: Bool

    init(_ text: String, scanner: JSONScanner = JSONScanner()) throws {
        try self.init(Array(text.utf8), scanner: scanner)
    }

    init(_ bytes: [UInt8], scanner: JSONScanner = JSONScanner()) throws {
        (self.commands, self.isArray) = try withText(bytes) { text in
            let (commands, isArray) = try DatagramCommand.decode(text, scanner: scanner)
            return (commands.map { $0.map { DecodedCommand($0) } }, isArray)
        }
    }
}

@Suite("Datagram commands")
struct DatagramCommandTests {
    static let nested =
        #"{"sk":"123456","means":"to_uid","data":{"to_uid":"123456","type":"chat","uid":"123456","time":"1599877568","#
        + #""content":{"a":1}}}"#

    static let single: [(String, DecodedCommand)] = [
        (
            nested,
            DecodedCommand(
                secret: "123456",
                data: #"{"to_uid":"123456","type":"chat","uid":"123456","time":"1599877568","content":{"a":1}}"#
            )
        ),
        // Flat: the object itself is the data.
        (
            #"{"sk":"s","to_uid":"9","content":1}"#,
            DecodedCommand(secret: "s", data: #"{"sk":"s","to_uid":"9","content":1}"#)
        ),
        ("{}", DecodedCommand(data: "{}")), (" {} \n", DecodedCommand(data: " {} \n")),
        (
            #"{"means":"is_on_line","to_uid":9}"#,
            DecodedCommand(means: "is_on_line", data: #"{"means":"is_on_line","to_uid":9}"#)
        ),
        // A secret as text or integer; whatever else it is, there is none.
        (#"{"sk":123456,"data":{}}"#, DecodedCommand(secret: "123456", data: "{}")),
        (#"{"sk":"","data":{}}"#, DecodedCommand(secret: "", data: "{}")),
        (#"{"sk":"\u0061","data":{}}"#, DecodedCommand(secret: "a", data: "{}")),
        (#"{"s\u006b":"a","data":{}}"#, DecodedCommand(secret: "a", data: "{}")),
        (#"{"sk":null,"data":{}}"#, DecodedCommand(data: "{}")),
        (#"{"sk":["a"],"data":{}}"#, DecodedCommand(data: "{}")),
        (#"{"sk":true,"data":{}}"#, DecodedCommand(data: "{}")),
        (#"{"sk":"\ud800","data":{}}"#, DecodedCommand(data: "{}")),
        (#"{"data":{"sk":"inner"}}"#, DecodedCommand(data: #"{"sk":"inner"}"#)),
        // Options.
        (#"{"data":{},"request_id":"r-1"}"#, DecodedCommand(data: "{}", requestID: "r-1")),
        (#"{"data":{},"request_id":17}"#, DecodedCommand(data: "{}", requestID: "17")),
        (#"{"data":{},"ack":"stored"}"#, DecodedCommand(data: "{}", waitsUntilStored: true)),
        (#"{"data":{},"ack":"st\u006fred"}"#, DecodedCommand(data: "{}", waitsUntilStored: true)),
        (#"{"data":{},"ack":"Stored"}"#, DecodedCommand(data: "{}")),
        (#"{"data":{},"ack":true}"#, DecodedCommand(data: "{}")),
        (#"{"data":{},"ack":null}"#, DecodedCommand(data: "{}")),
        (#"{"data":{},"reply":false}"#, DecodedCommand(data: "{}", wantsReply: false)),
        (#"{"data":{},"reply":true}"#, DecodedCommand(data: "{}")),
        (#"{"data":{},"reply":0}"#, DecodedCommand(data: "{}")),
        (#"{"data":{},"reply":"false"}"#, DecodedCommand(data: "{}")),
        (#"{"data":{},"reply":null}"#, DecodedCommand(data: "{}")),
        (
            #"{"reply":false,"ack":"stored","request_id":"r","data":{"a":1},"means":"kick","sk":"s","extra":[1]}"#,
            DecodedCommand(
                secret: "s",
                means: "kick",
                data: #"{"a":1}"#,
                requestID: "r",
                waitsUntilStored: true,
                wantsReply: false
            )
        ),
        // A name that nobody knows is for the registry to refuse.
        (#"{"means":"","data":{}}"#, DecodedCommand(means: "", data: "{}")),
        (#"{"means":"nö\u0000","data":{}}"#, DecodedCommand(means: "nö\u{0}", data: "{}")),
    ]

    @Test("decodes one command", arguments: single)
    func decodesOne(text: String, expected: DecodedCommand) throws {
        let decoded = try DecodedDatagram(text)
        #expect(decoded.commands == [.success(expected)])
        #expect(!decoded.isArray)
    }

    static let flat: [(String, Bool)] = [
        ("{}", true), (#"{"to_uid":9,"content":{"data":{}}}"#, true), (nested, false), (#"{"data":{}}"#, false),
        (#"{"d\u0061ta":{"a":1},"to_uid":9}"#, false),
    ]

    @Test("knows whether a command is its own data", arguments: flat)
    func knowsFlat(text: String, expected: Bool) throws {
        for text in [text, "[\(text),\(text)]"] {
            let flags = try withText(text) { text in
                try DatagramCommand.decode(text, scanner: JSONScanner()).commands.map { try $0.get().isFlat }
            }
            #expect(Set(flags) == [expected])
        }
    }

    @Test("a trailing newline is allowed")
    func newline() throws {
        #expect(try DecodedDatagram(Self.nested + "\n") == DecodedDatagram(Self.nested))
        #expect(try DecodedDatagram("[\(Self.nested)]\r\n") == DecodedDatagram("[\(Self.nested)]"))
    }

    static let refusedCommands: [(String, String, String?)] = [
        (#"{"means":5}"#, "means must be text", nil), (#"{"means":null}"#, "means must be text", nil),
        (#"{"means":["kick"]}"#, "means must be text", nil),
        (#"{"means":"\ud800"}"#, "means must be text", nil), (#"{"data":[]}"#, "data must be an object", nil),
        (#"{"data":"{}"}"#, "data must be an object", nil),
        (#"{"data":null}"#, "data must be an object", nil), (#"{"data":5}"#, "data must be an object", nil),
        (#"{"request_id":""}"#, "request_id must have 1-64 bytes", nil),
        (#"{"request_id":null}"#, "request_id must have 1-64 bytes", nil),
        (#"{"request_id":1.5}"#, "request_id must have 1-64 bytes", nil),
        (#"{"request_id":"\#(String(repeating: "r", count: 65))"}"#, "request_id must have 1-64 bytes", nil),
        (#"{"request_id":"\#(String(repeating: "é", count: 33))"}"#, "request_id must have 1-64 bytes", nil),
        (#"{"request_id":"\udfff"}"#, "request_id must have 1-64 bytes", nil),
        // What the reply depends on is known all the same, wherever it stands.
        (#"{"means":5,"request_id":"r-1"}"#, "means must be text", "r-1"),
        (#"{"request_id":7,"reply":false,"data":5}"#, "data must be an object", "7"),
        (#"{"request_id":null,"means":5,"reply":false}"#, "request_id must have 1-64 bytes", nil),
    ]

    @Test("refuses a command, alone and among others, which are done", arguments: refusedCommands)
    func refusesCommand(text: String, message: String, requestID: String?) throws {
        let refusal = DatagramCommand.Refusal(
            .malformed(message), requestID: requestID, wantsReply: !text.contains(#""reply":false"#))
        let refused = Result<DecodedCommand, DatagramCommand.Refusal>.failure(refusal)
        #expect(try DecodedDatagram(text).commands == [refused])
        let good = Result<DecodedCommand, DatagramCommand.Refusal>.success(DecodedCommand(data: "{}"))
        let several = try DecodedDatagram("[{},\(text),{}]")
        #expect(several.commands == [good, refused, good])
        #expect(several.isArray)
    }

    @Test(
        "the longest request_id is kept",
        arguments: [String(repeating: "r", count: 64), String(repeating: "é", count: 32)]
    )
    func longestRequestID(id: String) throws {
        #expect(
            try DecodedDatagram(#"{"data":{},"request_id":"\#(id)"}"#).commands == [
                .success(DecodedCommand(data: "{}", requestID: id))
            ]
        )
    }

    static let refusedDatagrams: [(String, String)] = [
        ("", "JSON: malformed at byte 0"), ("{", "JSON: malformed at byte 1"), ("\u{0}", "JSON: malformed at byte 0"),
        ("{}{}", "JSON: malformed at byte 2"),
        ("{}\u{0}", "JSON: malformed at byte 2"), (#"{"sk":1,"sk":2}"#, "JSON: repeated member at byte 8"),
        (#"[{"data":{"a":1,"a":2}}]"#, "JSON: repeated member at byte 16"),
        (String(repeating: "[", count: 60_000), "JSON: nested too deep at byte 64"),
        ("1", "a datagram is a JSON object or an array of them"),
        ("null", "a datagram is a JSON object or an array of them"),
        (#""{}""#, "a datagram is a JSON object or an array of them"),
        ("[]", "1 to 16 commands in a datagram"),
        ("[" + Array(repeating: "{}", count: 17).joined(separator: ",") + "]", "1 to 16 commands in a datagram"),
    ]

    @Test("refuses a whole datagram", arguments: refusedDatagrams)
    func refusesDatagram(text: String, message: String) {
        #expect(throws: FrameError.malformed(message)) { try DecodedDatagram(text) }
    }

    @Test("an array has up to 16 commands, each with its own members")
    func arrays() throws {
        let texts = (1...16).map { #"{"sk":"s\#($0)","means":"m\#($0)","data":{"n":\#($0)},"request_id":\#($0)}"# }
        let decoded = try DecodedDatagram("[ " + texts.joined(separator: " ,\n") + " ]")
        #expect(decoded.isArray)
        let expected = (1...16).map {
            DecodedCommand(secret: "s\($0)", means: "m\($0)", data: #"{"n":\#($0)}"#, requestID: "\($0)")
        }
        #expect(decoded.commands == expected.map { .success($0) })
    }

    @Test(
        "what is no object among the commands is refused by itself",
        arguments: ["1", "null", #""{}""#, "[]", "[{}]", "true"]
    )
    func noObject(text: String) throws {
        let decoded = try DecodedDatagram("[{},\(text)]")
        #expect(
            decoded.commands == [
                .success(DecodedCommand(data: "{}")),
                .failure(DatagramCommand.Refusal(.malformed("a command is a JSON object"))),
            ]
        )
    }

    @Test("a flat command in an array has its own object as data")
    func flatInArray() throws {
        let decoded = try DecodedDatagram(#"[ {"to_uid":1,"content":"é"} , {"to_uid":2} ]"#)
        #expect(
            decoded.commands == [
                .success(DecodedCommand(data: #"{"to_uid":1,"content":"é"}"#)),
                .success(DecodedCommand(data: #"{"to_uid":2}"#)),
            ]
        )
    }

    @Test("random and damaged datagrams are decoded or refused, and data is always an object")
    func fuzz() throws {
        let scanner = JSONScanner()
        let samples = Self.single.map(\.0) + ["[\(Self.nested),{\"to_uid\":1}]"]
        try Fuzz.run("datagrams") { generator in
            generator.once(in: 6)
                ? generator.bytes(generator.below(80)) : generator.mutated(Array(generator.pick(samples).utf8))
        } check: { input, _ in
            guard String(validating: input, as: UTF8.self) != nil,
                let decoded = try? DecodedDatagram(input, scanner: scanner)
            else { return }
            try #require(1...16 ~= decoded.commands.count)
            for case .success(let command) in decoded.commands {
                try #require(try ScannedText(command.data).kind == .object)
                try #require(command.requestID.map { 1...64 ~= $0.utf8.count } ?? true)
            }
        }
    }
}
