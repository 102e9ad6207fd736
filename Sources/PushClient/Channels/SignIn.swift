// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A sign-in that a client wants to have, on each connection anew. Belongs to the client's actor.
final class SignIn {
    /// Whether it was sent on the current connection.
    var isSent = false
    /// Whether the server has ever taken it.
    private(set) var wasTaken = false

    private var waiting: [Reply<String>] = []

    /// Answered with the user's id.
    func answer() -> Reply<String> {
        let reply = Reply<String>()
        self.waiting.removeAll { $0.isDone }
        self.waiting.append(reply)
        return reply
    }

    /// The server has taken it.
    func succeed(_ userID: String) {
        self.wasTaken = true
        self.resolve(.success(userID))
    }

    /// It is over.
    func fail(_ error: PushClientError) {
        self.resolve(.failure(error))
    }

    /// Whether an error of the server's may be about a sign-in. 4301 is about client events, and 4302 about the watchlist
    /// of a sign-in that was taken.
    static func mayFail(_ code: Int?) -> Bool {
        switch code {
        case nil, 4009: true
        case 4301, 4302: false
        case .some(let code): 4300...4399 ~= code
        }
    }

    private func resolve(_ result: Result<String, any Error>) {
        for reply in self.waiting { reply.resolve(result) }
        self.waiting = []
    }
}
