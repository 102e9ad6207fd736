// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import HTTPProxy
package import Listener
internal import MariaDBClient
internal import NIOCore
package import PushCore
internal import PushProtocol
package import Storage
package import UDPIngest
package import WSServer
package import Webhooks

/// Everything that can be configured, read and checked. Each module has its own part; this is the one place that knows
/// their keys.
package struct ServerConfiguration: Sendable {
    /// The process.
    package struct Process: Sendable {
        /// Event loops; 0 = one for each core.
        package var loops: Int
        /// 0–1023, different for each server that writes the same archive.
        package var node: Int
        /// How other applications reach this node: what Redis tells them.
        package var advertise: AdvertisedAddress
        /// How long a drain may take.
        package var drainTimeout: Duration
        package var dataDirectory: String
        /// Users that get a login at the first start, to try the server with.
        package var demoUsers: [String]
    }

    /// The log.
    package struct Log: Sendable {
        /// A line of text, or a JSON object, for each event.
        package enum Format: String, CaseIterable, Sendable {
            case text, json
        }

        package enum Level: String, CaseIterable, Sendable {
            case trace, debug, info, notice, warning, error, critical
        }

        package var level: Level
        package var format: Format
    }

    /// What is told of apps that are monitored.
    package struct Monitor: Sendable {
        /// The Redis channel that is published to; nil = none.
        package var redisChannel: String?
        /// What may wait for each monitor, in bytes.
        package var queueBytes: Int
    }

    /// Limits of the whole node.
    package struct Limits: Sendable {
        /// The most connections; nil = as many as there are descriptors.
        package var connections: Int?
        /// The most connections of one address; nil = no limit.
        package var connectionsPerIP: Int?
        /// The most logins being checked, for each loop.
        package var pendingLogins: Int
    }

    package var process: Process
    package var log: Log
    package var limits: Limits
    package var chat: ChatConfiguration
    package var channels: ChannelConfiguration
    /// The file of apps; nil where it is the one in the data directory.
    package var appsFile: String?
    /// Who knows apps beside the file.
    package var appSource: AppSourceConfiguration
    /// Where what goes in and out of monitored apps is told.
    package var monitor: Monitor
    /// How many apps the metrics show by themselves; 0 = traffic is not counted by app.
    package var countedApps: Int
    /// The id of the app whose users are those of the chat; nil where none is named.
    package var chatApp: String?
    /// The certificate that both TCP ports show; nil where they speak plain text.
    package var tls: TLSIdentity.Files?
    package var webSocketListener: ListenerConfiguration
    package var webSocket: WSServerConfiguration
    package var udp: UDPConfiguration
    package var httpListener: ListenerConfiguration
    package var http: HTTPProxyConfiguration
    /// Where the proxy alone forwards to.
    package var forwarding: ForwardingConfiguration
    package var storage: StorageConfiguration
    package var webhooks: WebhooksConfiguration
    /// Every key with its value and where that came from, for `check-config`.
    package var entries: [ConfigurationEntry]
}

extension ServerConfiguration {
    /// Environment variables with our prefix that are no configuration.
    private static let foreignEnvironment = ["PUSH_CONFIG", "PUSH_BINARY", "PUSH_TEST_*", "PUSH_BENCH_*"]

    /// Reads the configuration: flags over the environment over the file over defaults.
    ///
    /// - Parameters:
    ///   - path: the file; nil where there is none.
    ///   - flags: by key.
    /// - Throws: everything that is wrong, at once.
    package static func read(
        path: String?, flags: [String: String], environment: [String: String]
    ) throws(ConfigurationError) -> ServerConfiguration {
        let file = path.map { ConfigurationFile.read($0, absence: .problem) } ?? .none
        let reader = ConfigurationReader(
            flags: flags, environment: environment, file: file, ignoredEnvironment: self.foreignEnvironment
        )
        let configuration = ServerConfiguration(reader)
        try reader.finish()
        return configuration
    }

    init(_ reader: ConfigurationReader) {
        let unsentLimit = reader.byteCount("websocket.unsentBytes", default: 256 * 1024, in: 64 * 1024...Int(1 << 30))
        let headTimeout = reader.duration(
            "websocket.headTimeout", default: .seconds(10), in: .seconds(1) ... .seconds(300))
        let maximumHeadBytes = reader.byteCount("websocket.maxHeadBytes", default: 16 * 1024, in: 1024...1024 * 1024)
        let trustedProxies = TrustedProxies(reader.list("websocket.trustedProxies", default: [], of: .addressRange))
        let certificate = reader.optionalString("tls.certificate")
        let key = reader.optionalString("tls.key")
        self.tls = certificate.flatMap { certificate in
            key.map { TLSIdentity.Files(certificate: certificate, key: $0) }
        }
        func listener(_ section: String, port: Int) -> ListenerConfiguration {
            ListenerConfiguration(
                host: reader.string("\(section).host", default: "127.0.0.1"),
                port: reader.int("\(section).port", default: port, in: 0...65535),
                extraPorts: reader.list("\(section).extraPorts", default: [], of: .int(in: 1...65535)),
                maximumHeadBytes: maximumHeadBytes, headTimeout: .nanoseconds(headTimeout.nanoseconds),
                unsentLimit: unsentLimit, trustedProxies: trustedProxies
            )
        }
        self.webSocketListener = listener("websocket", port: 9501)
        self.webSocket = WSServerConfiguration(
            maximumMessageBytes: reader.byteCount(
                "websocket.maxMessageBytes", default: 68 * 1024, in: 1024...16 * 1024 * 1024),
            unsentLimit: unsentLimit, echoPath: reader.value("websocket.echoPath", default: "", .path).nilIfEmpty,
            pathPrefix: reader.value("channels.pathPrefix", default: "", .pathPrefix)
        )
        self.chat = Self.chat(reader)
        self.channels = Self.channels(reader)
        self.appsFile = reader.optionalString("apps.file")
        self.appSource = AppSourceConfiguration(reader)
        self.monitor = Monitor(
            redisChannel: reader.optionalString("monitor.redisChannel"),
            queueBytes: reader.byteCount(
                "monitor.queueBytes", default: 8 * 1024 * 1024, in: 64 * 1024...1024 * 1024 * 1024)
        )
        self.countedApps = reader.int("metrics.apps", default: 0, in: 0...10_000)
        self.chatApp = reader.value("chat.app", default: "", .optionalAppID).nilIfEmpty
        self.udp = UDPConfiguration(
            host: reader.string("udp.host", default: "127.0.0.1"),
            port: reader.int("udp.port", default: 9502, in: 0...65535),
            allow: reader.list("udp.allow", default: [], of: .allowEntry),
            keys: reader.list("udp.keys", default: [], of: .signingKey),
            maximumNonces: reader.int("udp.nonces", default: 1_000_000, in: 16...100_000_000),
            maximumDatagramBytes: reader.byteCount("udp.maxDatagramBytes", default: 60 * 1024, in: 512...65507)
        )
        self.httpListener = listener("http", port: 8880)
        self.http = HTTPProxyConfiguration(
            serverKeys: reader.secrets("http.serverKeys"), corsOrigins: reader.strings("http.corsOrigins", default: []),
            channelMasterKey: reader.optional("channels.masterKey", .masterKey),
            channelPathPrefix: self.webSocket.pathPrefix,
            metricsAllow: reader.list("metrics.allow", default: [], of: .addressRange),
            maximumBodyBytes: reader.byteCount("http.maxBodyBytes", default: 1024 * 1024, in: 1024...64 * 1024 * 1024),
            maximumHeadBytes: maximumHeadBytes, trustedProxies: trustedProxies
        )
        self.forwarding = ForwardingConfiguration(
            nodes: reader.list("http.nodes", default: [], of: .node),
            maximumDatagramBytes: self.udp.maximumDatagramBytes
        )
        self.limits = Limits(
            connections: reader.int("limits.connections", default: 0, in: 0...10_000_000).nilIfZero,
            connectionsPerIP: reader.int("limits.connectionsPerIP", default: 0, in: 0...1_000_000).nilIfZero,
            pendingLogins: reader.int("limits.pendingLogins", default: 10_000, in: 1...1_000_000)
        )
        let host = reader.optionalString("server.advertise.ip")
        self.process = Process(
            loops: reader.int("server.loops", default: 0, in: 0...1024),
            node: reader.int("server.node", default: 0, in: 0...MessageIDGenerator.maximumNode),
            advertise: AdvertisedAddress(
                ip: host
                    ?? (IPAddress(self.webSocketListener.host)?.isUnspecified == false
                        ? self.webSocketListener.host : "127.0.0.1"),
                port: reader.int("server.advertise.port", default: self.webSocketListener.port, in: 0...65535),
                udpPort: reader.int("server.advertise.udpPort", default: self.udp.port, in: 0...65535)
            ),
            drainTimeout: reader.duration(
                "server.drainTimeout", default: .seconds(25), in: .seconds(1) ... .seconds(3600)),
            dataDirectory: reader.string("data.directory", default: "data"),
            demoUsers: reader.list("demo.users", default: [], of: .uid)
        )
        self.log = Log(
            level: reader.oneOf("log.level", default: .info), format: reader.oneOf("log.format", default: .text)
        )
        self.storage = StorageConfiguration(reader)
        self.webhooks = WebhooksConfiguration(reader)
        self.entries = []
        if self.tls == nil {
            if certificate != nil { reader.refuse("tls.certificate", because: "needs tls.key") }
            if key != nil { reader.refuse("tls.key", because: "needs tls.certificate") }
        }
        self.checkTogether(reader)
        self.entries = reader.entries
    }

    private static func chat(_ reader: ConfigurationReader) -> ChatConfiguration {
        func rate(_ key: String, default perSecond: Int) -> RateLimiter.Rate {
            let rate = reader.int(key, default: perSecond, in: 0...1_000_000)
            return RateLimiter.Rate(perSecond: rate, burst: 2 * rate)
        }
        let types = reader.list("chat.types", default: ["*"], of: .messageType)
        return ChatConfiguration(
            sources: reader.list("auth.sources", default: ["app", "pc", "weixin"], of: .source),
            tokenOrder: reader.oneOf("auth.tokenOrder", default: .tokenFirst),
            types: types.contains("*") ? [] : Set(types),
            pingInterval: reader.duration(
                "websocket.pingInterval", default: .seconds(25), in: .seconds(1) ... .seconds(3600)
            )
            .nanoseconds,
            idleTimeout: reader.duration(
                "websocket.idleTimeout", default: .seconds(60), in: .seconds(2) ... .seconds(7200)
            )
            .nanoseconds,
            loginTimeout: reader.duration("auth.timeout", default: .seconds(10), in: .seconds(1) ... .seconds(300))
                .nanoseconds,
            recheckInterval: reader.duration("auth.recheck", default: .seconds(60), in: .zero ... .seconds(3600))
                .nanoseconds,
            settle: reader.duration("archive.settle", default: .seconds(5), in: .zero ... .seconds(300)).nanoseconds
                / 1_000_000,
            replayLimit: reader.int("archive.replayLimit", default: 200, in: 1...10_000),
            allowsOnlineQuery: reader.oneOf("chat.onlineQuery", default: OnlineQuery.any) == .any,
            messageRate: rate("limits.messagesPerSecond", default: 20),
            recipientRate: rate("limits.recipientsPerSecond", default: 200)
        )
    }

    private static func channels(_ reader: ConfigurationReader) -> ChannelConfiguration {
        let activityTimeout = reader.duration(
            "channels.activityTimeout", default: .seconds(120), in: .seconds(1) ... .seconds(600))
        if activityTimeout.components.attoseconds != 0 {
            reader.refuse("channels.activityTimeout", because: "is not a whole number of seconds")
        }
        return ChannelConfiguration(
            activityTimeout: activityTimeout.nanoseconds,
            pongTimeout: reader.duration(
                "channels.pongTimeout", default: .seconds(30), in: .seconds(1) ... .seconds(600)
            )
            .nanoseconds,
            maximumChannels: reader.int("limits.channelsPerConnection", default: 1000, in: 1...100_000)
        )
    }

    /// What one key alone cannot tell.
    private func checkTogether(_ reader: ConfigurationReader) {
        if self.chat.idleTimeout <= self.chat.pingInterval {
            reader.refuse("websocket.idleTimeout", because: "must be longer than websocket.pingInterval")
        }
        self.checkPorts(reader)
        if Set(self.udp.keys.map(\.id)).count < self.udp.keys.count {
            reader.refuse("udp.keys", because: "names a key twice")
        }
        if self.storage.sessions == .redis, self.storage.redis == nil {
            reader.refuse("storage.sessions", because: "needs redis.url")
        }
        if self.monitor.redisChannel != nil, self.storage.redis == nil {
            reader.refuse("monitor.redisChannel", because: "needs redis.url")
        }
        if self.monitor.redisChannel?.isEmpty == true {
            reader.refuse("monitor.redisChannel", because: "is not the name of a channel")
        }
        if self.appSource.source == .redis, self.storage.redis == nil {
            reader.refuse("apps.source", because: "needs redis.url")
        }
        if self.appSource.source == .http, self.appSource.url == nil {
            reader.refuse("apps.source", because: "needs apps.url")
        }
        if self.storage.archive == .mariadb, self.storage.mariaDB == nil {
            reader.refuse("storage.archive", because: "needs mariadb.url")
        }
        if self.webhooks.queue == .redisStream, self.storage.redis == nil {
            reader.refuse("webhooks.queue", because: "needs redis.url")
        }
        if self.appsFile?.isEmpty == true {
            reader.refuse("apps.file", because: "is not the path of a file")
        }
        if self.storage.sessions != .embedded, !self.process.demoUsers.isEmpty {
            reader.refuse("demo.users", because: "needs storage.sessions: embedded")
        }
    }
}

extension ServerConfiguration {
    /// No two of the TCP ports may be the same address's; the system says the rest.
    private func checkPorts(_ reader: ConfigurationReader) {
        let listeners = [("websocket", self.webSocketListener), ("http", self.httpListener)]
        var taken = Set(listeners.map { "\($1.host) \($1.port)" })
        for (section, listener) in listeners {
            for port in listener.extraPorts where !taken.insert("\(listener.host) \(port)").inserted {
                reader.refuse("\(section).extraPorts", because: "names a port that is taken already: \(port)")
            }
        }
    }
}

/// Who may ask who is online.
private enum OnlineQuery: String, CaseIterable, Sendable {
    case any, none
}

extension IPAddress {
    /// Whether the address stands for all addresses of a machine.
    fileprivate var isUnspecified: Bool { self == IPAddress("0.0.0.0") || self == IPAddress("::") }
}

extension Int {
    fileprivate var nilIfZero: Int? { self == 0 ? nil : self }
}

extension String {
    fileprivate var nilIfEmpty: String? { self.isEmpty ? nil : self }
}

extension Duration {
    /// Whole nanoseconds.
    var nanoseconds: Int64 {
        self.components.seconds * 1_000_000_000 + self.components.attoseconds / 1_000_000_000
    }
}
