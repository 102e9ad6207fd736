// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension ChannelsClient {
    /// Signs the connection in as the user whom the authorizer names, now and after each reconnection.
    ///
    /// While a sign-in is being renewed, the call waits for that.
    ///
    /// - Returns: the user's id.
    /// - Throws: ``PushClientError``: `refused`, `timeout` after ``ConnectionOptions/requestTimeout``, `connection` where
    ///   there is none now; or what the authorizer throws.
    @discardableResult
    public func signIn() async throws -> String {
        if let userID, self.wantedSignIn != nil { return userID }
        if let wantedSignIn {
            guard wantedSignIn.wasTaken else {
                throw PushClientError(code: .refused, message: "another sign-in is on its way")
            }
            return try await self.value(of: wantedSignIn.answer())
        }
        guard let socketID else { throw PushClientError(code: .connection, message: "there is no connection now") }
        let signIn = SignIn()
        let answer = signIn.answer()
        self.wantedSignIn = signIn
        do {
            try await self.send(signIn, socketID)
            return try await self.value(of: answer)
        } catch {
            if self.wantedSignIn === signIn { self.wantedSignIn = nil }
            throw error
        }
    }

    /// Signs in again, where that is wanted.
    ///
    /// - Returns: false where it has to be tried again.
    func renewSignIn(_ socketID: String) async -> Bool {
        guard self.socketID == socketID, self.userID == nil, let signIn = self.wantedSignIn else { return true }
        do {
            try await self.send(signIn, socketID)
            return true
        } catch {
            guard self.socketID == socketID, self.wantedSignIn === signIn else { return true }
            let error = PushClientError.wrapping(error)
            guard signIn.wasTaken, error.code != .refused else {
                self.loseSignIn(signIn, error)
                return true
            }
            self.noticeObservers.tell(.error(code: nil, message: error.message))
            return false
        }
    }

    /// Goes on with a sign-in that failed, until it is sent or the connection is another.
    func restoreSignIn(_ socketID: String) async {
        var delay = Duration.seconds(1)
        repeat {
            try? await Task.sleep(for: delay)
            delay = min(delay * 2, .seconds(30))
        } while await !self.renewSignIn(socketID)
    }

    /// The user is refused for good, and the user's channel with them.
    func loseSignIn(_ signIn: SignIn, _ error: PushClientError) {
        self.wantedSignIn = nil
        signIn.fail(error)
        guard signIn.wasTaken else { return }
        for record in self.records.values where record.isOfUser && !record.isSubscribed { self.lose(record, error) }
    }

    /// Sends the user's signature.
    private func send(_ signIn: SignIn, _ socketID: String) async throws {
        guard let authorizer else { throw PushClientError(code: .refused, message: "the client has no authorizer") }
        let user = try await authorizer.userAuthentication(socketID: socketID)
        guard self.socketID == socketID, self.wantedSignIn === signIn else { return }
        var data = JSONObjectText()
        data.add("auth", string: user.auth)
        data.add("user_data", string: user.userData)
        signIn.isSent = true
        try await self.send("pusher:signin", channel: nil, data: data.text)
    }

    private func value(of answer: Reply<String>) async throws -> String {
        try await answer.value(within: self.options.requestTimeout, of: "a sign-in")
    }
}
