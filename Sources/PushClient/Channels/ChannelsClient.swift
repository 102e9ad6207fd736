// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A client of channels: subscribes, hears events, sends some itself, and stays connected.
///
/// ```swift
/// let client = try ChannelsClient(url: "ws://127.0.0.1:9501", key: "my-key")
/// try await client.connect()
/// for try await event in try await client.subscribe(to: "news") { … }
/// ```
///
/// A connection that breaks is made anew as ``ReconnectionPolicy`` says, and its subscriptions and sign-in with it. The
/// server is believed nothing: what it sends is bounded by ``ConnectionOptions``, and what makes no sense is left aside.
/// Frames of Pusher, of this server's dialects and of the seeds it replaces are understood.
///
/// A call whose task is cancelled throws `CancellationError` and leaves nothing behind. A client that is connected lives
/// until it is disconnected, whoever else lets go of it.
public actor ChannelsClient {
    /// The connection's id while there is one, for backends that leave it out of an event.
    public internal(set) var socketID: String?
    /// As whom the connection is signed in.
    public internal(set) var userID: String?
    /// What the connection does.
    public internal(set) var state = ConnectionState.disconnected {
        didSet { self.stateObservers.tell(self.state) }
    }

    let options: ConnectionOptions
    let authorizer: (any ChannelAuthorizer)?
    var link: WebSocketLink?
    var records: [String: ChannelRecord] = [:]
    var noticeObservers = Observers<ChannelsNotice>()
    var wantedSignIn: SignIn?
    var restoring: Task<Void, Never>?
    var connecting: [Reply<Void>] = []
    /// Whether the server has ever been ready since ``connect()``.
    var wasConnected = false
    /// The code of an error frame that announces the end of the connection.
    var announcedEnd: LinkEnd?

    private let url: ServerURL
    private let key: String
    private let accessToken: String?
    private let connector: WebSocketConnector
    private var stateObservers = Observers<ConnectionState>()
    private var run: Task<Void, Never>?
    private var closing: Task<Void, Never>?

    /// - Parameters:
    ///   - url: `ws` or `wss`, with what stands before `/app` in the path, if anything.
    ///   - key: the app's.
    ///   - accessToken: signs the connection in as a user of the server's own; it also grants channels.
    ///   - authorizer: asked for signatures. Without one, channels that need them have to be granted by the token.
    /// - Throws: ``PushClientError`` with code `malformed` where the URL or the TLS settings cannot be used.
    public init(
        url: String, key: String, accessToken: String? = nil, authorizer: (any ChannelAuthorizer)? = nil,
        options: ConnectionOptions = ConnectionOptions()
    ) throws(PushClientError) {
        self.url = try ServerURL(url, schemes: ["ws": 80, "wss": 443])
        self.connector = try WebSocketConnector(options)
        self.key = key
        self.accessToken = accessToken
        self.authorizer = authorizer
        self.options = options
    }

    deinit {
        self.stateObservers.finish()
        self.noticeObservers.finish()
    }

    /// Connects, and from then on stays connected until ``disconnect()``. Returns when the server has greeted the client.
    ///
    /// - Throws: ``PushClientError`` where the first attempt fails, or the server refuses; nothing is tried again then.
    public func connect() async throws {
        await self.closing?.value
        if case .connected = self.state { return }
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
        } catch let error as CancellationError {
            if !self.wasConnected, self.connecting.allSatisfy(\.isDone) { await self.disconnect() }
            throw error
        }
    }

    /// Connects, and disconnects when the body is done, however that ends.
    public func whileConnected<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: (ChannelsClient) async throws -> Result
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

    /// Ends the connection and all subscriptions. The client can connect again.
    public func disconnect() async {
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

    /// What the server tells beside the events of channels, from now on.
    public func notices() -> ClientEvents<ChannelsNotice> {
        self.noticeObservers.add(limit: self.options.bufferedEvents)
    }

    /// Whether the client is connected or tries to be, and the caller is not of a connection that was given up.
    var isRunning: Bool { self.run != nil && !Task.isCancelled }

    /// What the next attempt connects to.
    var target: WebSocketTarget {
        WebSocketTarget(
            url: self.url, path: "/app/\(PercentEncoding.encode(pathSegment: self.key))",
            query: [("protocol", "7"), ("client", "swift-push-client"), ("version", "1.0")],
            headers: self.accessToken.map { [("Authorization", "Bearer \($0)")] } ?? []
        )
    }

    /// The connection is gone; subscriptions wait for the next.
    func connectionIsGone() {
        self.link = nil
        self.socketID = nil
        self.userID = nil
        self.wantedSignIn?.isSent = false
        self.restoring?.cancel()
        self.restoring = nil
        for record in self.records.values { record.isSubscribed = false }
    }

    /// Everything that somebody waits for ends.
    func end(_ error: PushClientError?) {
        let closed = error ?? PushClientError(code: .closed, message: "the client was disconnected")
        for record in self.records.values { record.end(error) }
        self.records = [:]
        self.wantedSignIn?.fail(closed)
        self.wantedSignIn = nil
        self.userID = nil
        for reply in self.connecting { reply.resolve(.failure(closed)) }
        self.connecting = []
    }

    /// The keeper has given up.
    func runEnded() {
        self.run = nil
    }
}
