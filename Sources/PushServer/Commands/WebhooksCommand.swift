// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Foundation
internal import PushCore
internal import ServerConfig
internal import Webhooks

/// `push-server webhooks list|replay`: the events that endpoints did not take in time. Works beside a running server.
struct WebhooksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhooks", abstract: "Shows webhook events that were given up, and has them sent again.",
        subcommands: [List.self, Replay.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the events that were given up, the oldest first; without their contents."
        )

        @OptionGroup var options: ConfigurationOptions
        @Option(help: "Those of one app.") var app: String?
        @Option(help: "At most so many.") var limit = 1000
        @Flag(help: "A JSON object on each line.") var json = false

        func run() async throws {
            guard 1...1_000_000 ~= self.limit else { throw ValidationError("--limit must be 1 to 1000000") }
            let letters = try await WebhooksCommand.withOutbox(try self.options.read()) { outbox in
                try await outbox.deadLetters(app: self.app, atMost: self.limit)
            }
            for letter in letters ?? [] { print(try self.json ? Self.json(letter) : Self.text(letter)) }
            if letters?.isEmpty != false, !self.json { print("Nothing was given up.") }
        }

        private static func text(_ letter: DeadLetter) -> String {
            let event = letter.delivery.event
            let time = Date(timeIntervalSince1970: Double(letter.milliseconds) / 1000).formatted(.iso8601)
            let about = [event.channel, event.user].compactMap(\.self).joined(separator: " ")
            return "\(letter.delivery.id)  \(time)  app \(letter.endpoint.app)  \(event.name.rawValue)  \(about)  "
                + "\(letter.endpoint.visibleURL)  \(letter.reason)"
        }

        private struct Line: Encodable {
            let id: Int64
            let app: String
            let url: String
            let name: String
            let channel: String?
            let user_id: String?
            let event_id: String
            let time_ms: Int64
            let given_up_ms: Int64
            let reason: String
        }

        private static func json(_ letter: DeadLetter) throws -> String {
            let event = letter.delivery.event
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let line = Line(
                id: letter.delivery.id, app: letter.endpoint.app, url: letter.endpoint.visibleURL,
                name: event.name.rawValue, channel: event.channel, user_id: event.user, event_id: event.id,
                time_ms: event.milliseconds, given_up_ms: letter.milliseconds, reason: letter.reason
            )
            return String(decoding: try encoder.encode(line), as: UTF8.self)
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Has events sent again that were given up: now by a running server, or by the next that starts."
        )

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "Their ids, as list shows them.") var ids: [Int64] = []
        @Flag(help: "All of them.") var all = false
        @Option(help: "Those of one app.") var app: String?

        func validate() throws {
            guard self.all == self.ids.isEmpty else { throw ValidationError("name ids, or give --all") }
        }

        func run() async throws {
            let count = try await WebhooksCommand.withOutbox(try self.options.read()) { outbox in
                try await outbox.replay(self.all ? nil : self.ids, app: self.app)
            }
            print("\(count ?? 0) to be sent again")
            if !self.all, count ?? 0 < Set(self.ids).count { throw ExitCode(1) }
        }
    }

    /// Gives the outbox for the length of `body`; nil where no server has made one.
    private static func withOutbox<Result>(
        _ configuration: ServerConfiguration, _ body: (Outbox) async throws -> Result
    ) async throws -> Result? {
        let path = DataDirectory(configuration).webhooks
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            let outbox = try Outbox(path: path, maximumBytes: configuration.webhooks.maximumBytes)
            defer { outbox.close() }
            return try await body(outbox)
        } catch let error as OutboxError {
            StandardError.write("\(error)\n")
            throw ExitCode(1)
        }
    }
}
