// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import PushCore
internal import PushProtocol
internal import ServerConfig
internal import Storage

/// `push-server token issue|revoke`
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Issues and revokes access tokens in the configured session store.",
        subcommands: [Issue.self, Revoke.self]
    )

    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Issues an access token, in the place of the one that the terminal had."
        )

        @OptionGroup var options: ConfigurationOptions
        @Option(help: "Whose.") var uid: String
        @Option(help: "For which terminal.") var source: String = "app"
        @Option(help: "Valid for so many seconds (default: for ever).") var ttl: Int64?
        @Option(help: "A channel that the user may join without a signature: a name, {uid} in it, * at its end.")
        var channel: [String] = []

        func run() async throws {
            let configuration = try self.options.read()
            guard UserID.isValid(self.uid) else { throw ValidationError("'\(self.uid)' is not a user id") }
            guard configuration.chat.sources.contains(self.source) else {
                throw ValidationError(
                    "'\(self.source)' is none of auth.sources: \(configuration.chat.sources.joined(separator: ", "))"
                )
            }
            if let ttl, !(1...3_155_760_000 ~= ttl) { throw ValidationError("--ttl must be 1 to 3155760000 seconds") }
            if let channel = self.channel.first(where: { !ChannelGrants.isPattern($0) }) {
                throw ValidationError("'\(channel)' names no private or presence channels")
            }
            guard self.channel.count <= ChannelGrants.maximumCount else {
                throw ValidationError("--channel may be given \(ChannelGrants.maximumCount) times at most")
            }
            let token = try await Stores.withIssuer(configuration) { issuer in
                try await issuer.issue(
                    uid: self.uid, source: self.source, seconds: self.ttl, now: SystemClock().now().seconds,
                    channels: self.channel
                )
            }
            let encoded = token.encoded(order: configuration.chat.tokenOrder)
            print(encoded)
            print(Links(configuration).webSocket(accessToken: encoded))
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revokes the access token of a terminal, or all of a user's.")

        @OptionGroup var options: ConfigurationOptions
        @Option(help: "Whose.") var uid: String
        @Option(help: "Of which terminal (default: of all).") var source: String?

        func run() async throws {
            let configuration = try self.options.read()
            let isRevoked = try await Stores.withIssuer(configuration) { issuer in
                try await issuer.revoke(uid: self.uid, source: self.source)
            }
            print(isRevoked ? "revoked" : "there was no token")
        }
    }
}
