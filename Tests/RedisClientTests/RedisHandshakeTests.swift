// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RedisClient
import Testing

struct RedisHandshakeTests {
    private let full = RedisConfiguration(user: "bob", password: "hunter2", database: 3, clientName: "push-1")

    @Test("It says what is configured and then PING, and never HELLO")
    func commands() {
        #expect(words(RedisConfiguration()) == ["PING"])
        #expect(words(RedisConfiguration(password: "pw")) == ["AUTH pw", "PING"])
        #expect(words(self.full) == ["AUTH bob hunter2", "SELECT 3", "CLIENT SETNAME push-1", "PING"])
    }

    @Test("It is accepted by the reply to its last command")
    func accepted() {
        #expect(verdict(self.full, [.status("OK"), .status("OK"), .status("OK")]) == "unfinished")
        #expect(verdict(self.full, [.status("OK"), .status("OK"), .status("OK"), .status("PONG")]) == "accepted")
    }

    @Test(
        "A refusal says which command and why",
        arguments: [
            (["WRONGPASS invalid pair"], "AUTH was refused: WRONGPASS invalid pair"),
            ([nil, "ERR DB index is out of range"], "SELECT was refused: ERR DB index is out of range"),
            ([nil, nil, nil, "LOADING Redis is loading"], "PING was refused: LOADING Redis is loading"),
        ] as [([String?], String)]
    )
    func refused(_ errors: [String?], _ message: String) {
        #expect(verdict(self.full, errors.map { $0.map(RedisValue.error) ?? .status("OK") }) == message)
    }

    @Test("A forbidden CLIENT or PING does not keep a connection from being used")
    func courtesies() {
        let replies: [RedisValue] = [.status("OK"), .status("OK"), .error("NOPERM client"), .error("NOPERM ping")]
        #expect(verdict(self.full, replies) == "accepted")
    }

    @Test(
        "A password that the server quotes is withheld",
        arguments: [
            "ERR unknown command 'AUTH', with args beginning with: 'bob' 'hunter",
            "ERR I do not like hunter2",
        ]
    )
    func secret(_ answer: String) {
        let message = verdict(self.full, [.error(answer)])
        #expect(message.hasPrefix("AUTH was refused: ERR"))
        #expect(!message.contains("hunter"))
    }

    private func words(_ configuration: RedisConfiguration) -> [String] {
        RedisHandshake(configuration).commands.map { command in
            command.arguments.map { if case .string(let word) = $0 { word } else { "?" } }.joined(separator: " ")
        }
    }

    private func verdict(_ configuration: RedisConfiguration, _ replies: [RedisValue]) -> String {
        var handshake = RedisHandshake(configuration)
        var last = "nothing"
        for reply in replies {
            switch handshake.answered(reply) {
            case .unfinished: last = "unfinished"
            case .accepted: last = "accepted"
            case .refused(let error): return error.message
            }
        }
        return last
    }
}
