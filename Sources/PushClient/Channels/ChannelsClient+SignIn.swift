// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension ChannelsClient {
    /// A sign-in that the client wants to have, on each connection anew.
    struct SignIn {
        let reply = Reply<String>()
    }

    /// Signs the connection in as the user whom the authorizer names, now and after each reconnection.
    ///
    /// - Returns: the user's id.
    /// - Throws: ``PushClientError``: `refused`, `timeout` after ``ConnectionOptions/requestTimeout``, `connection` where
    ///   there is none now; or what the authorizer throws.
    @discardableResult
    public func signIn() async throws -> String {
        if let userID, self.wantedSignIn != nil { return userID }
        guard self.wantedSignIn == nil else {
            throw PushClientError(code: .refused, message: "another sign-in is on its way")
        }
        guard let socketID else { throw PushClientError(code: .connection, message: "there is no connection now") }
        let signIn = SignIn()
        self.wantedSignIn = signIn
        do {
            try await self.sendSignIn(socketID)
            return try await signIn.reply.value(within: self.options.requestTimeout, of: "a sign-in")
        } catch {
            if self.wantedSignIn?.reply === signIn.reply { self.wantedSignIn = nil }
            throw error
        }
    }

    /// Sends the user's signature.
    func sendSignIn(_ socketID: String) async throws {
        guard let authorizer else { throw PushClientError(code: .refused, message: "the client has no authorizer") }
        let user = try await authorizer.userAuthentication(socketID: socketID)
        guard self.socketID == socketID else { return }
        var data = JSONObjectText()
        data.add("auth", string: user.auth)
        data.add("user_data", string: user.userData)
        try await self.send("pusher:signin", channel: nil, data: data.text)
    }
}
