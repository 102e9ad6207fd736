// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A program that uses a server, by the library `PushClient`: docs/client-swift.md.
@main
enum SwiftClient {
    static let usage = """
        usage: SwiftClient watch URL KEY CHANNEL...
               SwiftClient publish URL ID KEY SECRET CHANNEL EVENT DATA
               SwiftClient presence URL ID KEY SECRET CHANNEL USER
               SwiftClient chat URL TOKEN PEER [TEXT]
        """

    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        switch (words.first, words.count) {
        case ("watch", 4...): try await Watch.run(url: words[1], key: words[2], channels: Array(words[3...]))
        case ("publish", 8):
            try await Publish.run(
                url: words[1], id: words[2], key: words[3], secret: words[4], channel: words[5], event: words[6],
                data: words[7])
        case ("presence", 7):
            try await Presence.run(
                url: words[1], id: words[2], key: words[3], secret: words[4], channel: words[5], user: words[6])
        case ("chat", 4...5):
            try await Chat.run(url: words[1], token: words[2], peer: words[3], text: words.dropFirst(4).first)
        default: print(Self.usage)
        }
    }
}
