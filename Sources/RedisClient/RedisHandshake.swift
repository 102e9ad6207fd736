// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// What a connection says before it may be used: AUTH, SELECT and CLIENT SETNAME where they are configured, then PING.
///
/// All of it goes out in one write. HELLO is never sent: hiredis' reader knows RESP2 only.
package struct RedisHandshake: Sendable {
    private enum Step {
        case authenticate, select, setName, ping
    }

    /// What the replies so far mean.
    package enum Verdict {
        /// There are commands without a reply.
        case unfinished
        /// The connection may be used.
        case accepted
        /// The connection is of no use.
        case refused(RedisError)
    }

    /// The commands to send, in this order.
    package let commands: [RedisCommand]

    private let password: String?
    private var steps: ArraySlice<Step>

    /// The handshake that a configuration asks for.
    package init(_ configuration: RedisConfiguration) {
        var commands: [RedisCommand] = []
        var steps: [Step] = []
        if let password = configuration.password {
            steps.append(.authenticate)
            commands.append(RedisCommand("AUTH", [configuration.user, password].compactMap(\.self)))
        }
        if configuration.database != 0 {
            steps.append(.select)
            commands.append(RedisCommand("SELECT", String(configuration.database)))
        }
        if let name = configuration.clientName {
            steps.append(.setName)
            commands.append(RedisCommand("CLIENT", "SETNAME", name))
        }
        // The last word is a PING because only its answer tells that the server serves: without it a server that
        // wants a password, or is still loading its data, would look ready.
        steps.append(.ping)
        commands.append(RedisCommand("PING"))
        self.commands = commands
        self.password = configuration.password
        self.steps = steps[...]
    }

    /// Judges the reply to the oldest command that has none yet.
    package mutating func answered(_ reply: RedisValue) -> Verdict {
        guard let step = self.steps.popFirst() else { return .accepted }
        if case .error(let message) = reply, let refusal = self.refusal(of: step, message) {
            return .refused(RedisError(.handshakeRefused, refusal))
        }
        return self.steps.isEmpty ? .accepted : .unfinished
    }

    private func refusal(of step: Step, _ message: String) -> String? {
        switch step {
        case .authenticate: "AUTH was refused: \(self.withoutSecrets(message))"
        case .select: "SELECT was refused: \(message)"
        // A name is a courtesy to the operator, and an ACL may forbid CLIENT.
        case .setName: nil
        // An ACL may forbid PING too: then the server has served, by looking at the ACL.
        case .ping: message.hasPrefix("NOPERM") ? nil : "PING was refused: \(message)"
        }
    }

    /// A server that does not know AUTH quotes the arguments, cut short, in its answer.
    private func withoutSecrets(_ message: String) -> String {
        let mayQuote = message.hasPrefix("ERR unknown command") || self.password.map(message.contains) == true
        return mayQuote ? "\(message.prefix { $0 != " " }) (withheld, as it may quote the password)" : message
    }
}
