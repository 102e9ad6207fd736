// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A terminal of a user's in the chat: hears messages, sends some, asks about them, and stays connected.
///
/// ```swift
/// let client = try ChatClient(url: "ws://127.0.0.1:9501", accessToken: token)
/// try await client.connect()
/// try await client.send("hello", to: "bob")
/// for try await case .message(let message) in client.events { print(message.sender, message.text ?? message.content) }
/// ```
///
/// A connection that breaks is made anew as ``ReconnectionPolicy`` says, as the same terminal; what was missed follows, and
/// calls that wait for an answer are sent again under the name that they had, so nothing is done twice.
///
/// The server is believed nothing: what it sends is bounded by ``ConnectionOptions``, and what makes no sense is left
/// aside. Calls throw ``PushClientError``: `refused` with the server's code and text (429 also says how long to wait),
/// `timeout` after ``ConnectionOptions/requestTimeout``, `closed` where the client does not connect; and
/// `CancellationError` where their task is cancelled, while what they asked for may be done. A client that is connected
/// lives until it is disconnected, whoever else lets go of it.
public actor ChatClient {
    /// What comes. There is one sequence, of one buffer: whatever ran before, a loop goes on where the last one stopped.
    public nonisolated var events: ChatEvents { ChatEvents(client: self, buffer: self.inboxBuffer) }

    /// Who the client is; nil before the first login.
    public internal(set) var login: ChatLogin?
    /// What the connection does.
    public internal(set) var state = ConnectionState.disconnected {
        didSet { self.stateObservers.tell(self.state) }
    }

    nonisolated let inboxBuffer: EventBuffer<ChatEvent>
    let options: ConnectionOptions
    var link: WebSocketLink?
    var inbox: ChatInbox
    var requests: [String: ChatRequest] = [:]
    var requestCount = 0
    var connecting: [Reply<Void>] = []
    /// Whether the server has ever been ready since ``connect()``.
    var wasConnected = false
    var resending: Task<Void, Never>?
    /// Why the server is about to close.
    var announcedEnd: LinkEnd?

    private let url: ServerURL
    private let token: @Sendable () async throws -> String
    private let deviceToken: String?
    private let connector: WebSocketConnector
    private var stateObservers = Observers<ConnectionState>()
    private var run: Task<Void, Never>?
    private var closing: Task<Void, Never>?

    /// - Parameters:
    ///   - url: `ws` or `wss`.
    ///   - accessToken: asked for at each connection: a token that may have been renewed.
    ///   - deviceToken: that of an earlier ``ChatLogin``, to be the same terminal.
    /// - Throws: ``PushClientError`` with code `malformed` where the URL or the TLS settings cannot be used.
    public init(
        url: String, accessToken: @escaping @Sendable () async throws -> String, deviceToken: String? = nil,
        options: ConnectionOptions = ConnectionOptions()
    ) throws(PushClientError) {
        self.url = try ServerURL(url, schemes: ["ws": 80, "wss": 443])
        self.connector = try WebSocketConnector(options)
        self.token = accessToken
        self.deviceToken = deviceToken
        self.options = options
        self.inboxBuffer = EventBuffer(limit: options.bufferedEvents)
        self.inbox = ChatInbox(remembering: ChatInbox.maximumSeen + self.inboxBuffer.limit)
    }

    deinit { self.stateObservers.finish() }

    /// The same with a token that stays.
    public init(
        url: String, accessToken: String, deviceToken: String? = nil, options: ConnectionOptions = ConnectionOptions()
    ) throws(PushClientError) {
        try self.init(url: url, accessToken: { accessToken }, deviceToken: deviceToken, options: options)
    }

    /// Connects, and from then on stays connected until ``disconnect()``. Returns when the server has taken the login.
    ///
    /// - Throws: ``PushClientError`` where the first attempt fails, or the server refuses (401: the token); nothing is tried
    ///   again then. What `accessToken` throws counts as a failed attempt. A call that failed otherwise than by a refusal,
    ///   or whose task was cancelled, may be made again; `closed` where ``events`` has ended.
    @discardableResult
    public func connect() async throws -> ChatLogin? {
        await self.closing?.value
        if case .connected = self.state { return self.login }
        guard !self.inboxBuffer.isFinished else {
            throw PushClientError(code: .closed, message: "the client was disconnected, or refused: it takes a new one")
        }
        let reply = Reply<Void>()
        self.connecting.append(reply)
        if self.run == nil {
            self.state = .connecting
            self.wasConnected = false
            let keeper = LinkKeeper(connector: self.connector, options: self.options)
            self.run = Task { await keeper.keep(self) }
        }
        do {
            try await reply.value()
            return self.login
        } catch let error as CancellationError {
            if !self.wasConnected, self.connecting.allSatisfy(\.isDone) { await self.stop() }
            throw error
        }
    }

    /// Connects, and disconnects when the body is done, however that ends.
    public func whileConnected<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: (ChatClient) async throws -> Result
    ) async throws -> Result {
        try await self.connect()
        do {
            let result = try await body(self)
            await self.disconnect()
            return result
        } catch {
            await self.disconnect()
            throw error
        }
    }

    /// Ends the connection and ``events``, for good: who wants to come back makes a new client, with the device token of
    /// ``login``.
    public func disconnect() async {
        self.inboxBuffer.finish()
        await self.stop()
    }

    /// Ends the connection, and what waits for it.
    private func stop() async {
        guard let run else {
            await self.closing?.value
            return
        }
        self.run = nil
        let link = self.link
        self.connectionIsGone()
        self.end(nil)
        self.state = .disconnected
        let closing = Task { await LinkKeeper.end(run, link) }
        self.closing = closing
        await closing.value
    }

    /// What the connection does, from now on; the current state comes first.
    public func states() -> ClientEvents<ConnectionState> {
        self.stateObservers.add(limit: self.options.bufferedEvents, first: self.state)
    }

    /// Whether the client is connected or tries to be, and the caller is not of a connection that was given up.
    var isRunning: Bool { self.run != nil && !Task.isCancelled }

    /// What the next attempt connects to.
    func target() async throws -> WebSocketTarget {
        let token = try await self.token()
        var query: [(name: String, value: String)] = [("ack", "1")]
        if let device = self.login?.deviceToken ?? self.deviceToken { query.append(("token", device)) }
        return WebSocketTarget(
            url: self.url, path: "", query: query, headers: [("Authorization", "Bearer \(token)")])
    }

    /// The connection is gone; calls wait for the next.
    func connectionIsGone() {
        self.link = nil
        self.resending?.cancel()
        self.resending = nil
    }

    /// Every call that somebody waits for ends.
    func end(_ error: PushClientError?) {
        let closed = error ?? PushClientError(code: .closed, message: "the client was disconnected")
        for request in self.requests.values { request.reply.resolve(.failure(closed)) }
        self.requests = [:]
        for reply in self.connecting { reply.resolve(.failure(closed)) }
        self.connecting = []
    }

    /// The keeper has given up.
    func runEnded() {
        self.run = nil
    }

    /// A name for a call.
    static func makeID() -> String { UUID().uuidString.lowercased() }
}
