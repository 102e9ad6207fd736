// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPProxy
internal import Listener
internal import Logging
internal import PushCore
internal import ServerConfig
internal import ServiceLifecycle
internal import Storage
internal import UDPIngest
internal import Webhooks

/// A part of the server that takes other settings while it runs.
struct ReloadablePart: Sendable {
    /// Puts checked settings in force; cannot fail.
    typealias Commit = @Sendable () -> Void

    /// The keys that it takes.
    let keys: [String]
    /// Checks and prepares the settings of a configuration that is valid in itself. Where it throws, nothing of the whole
    /// configuration is put in force.
    let prepare: @Sendable (ServerConfiguration) throws -> Commit
}

/// A service that takes other settings while it runs.
protocol ReloadableService: Service {
    var reloadableParts: [ReloadablePart] { get }
}

extension ReloadablePart {
    /// What is logged, and how.
    static let log = ReloadablePart(keys: ["log.level", "log.format"]) { new in
        { ServerLog.update(new.log) }
    }

    /// How sessions behave.
    static func chat(_ hub: Hub) -> ReloadablePart {
        ReloadablePart(
            keys: [
                "auth.recheck", "archive.settle", "archive.replayLimit", "chat.onlineQuery", "chat.types",
                "limits.messagesPerSecond", "limits.recipientsPerSecond", "websocket.pingInterval",
                "websocket.idleTimeout",
            ]
        ) { new in
            {
                var chat = hub.chat
                chat.recheckInterval = new.chat.recheckInterval
                chat.settle = new.chat.settle
                chat.replayLimit = new.chat.replayLimit
                chat.allowsOnlineQuery = new.chat.allowsOnlineQuery
                chat.types = new.chat.types
                chat.messageRate = new.chat.messageRate
                chat.recipientRate = new.chat.recipientRate
                chat.pingInterval = new.chat.pingInterval
                chat.idleTimeout = new.chat.idleTimeout
                hub.update(chat: chat)
            }
        }
    }

    /// What users may send by a proxy that has no sessions.
    static func messageTypes(_ chat: Live<ChatConfiguration>) -> ReloadablePart {
        ReloadablePart(keys: ["chat.types", "limits.messagesPerSecond", "limits.recipientsPerSecond"]) { new in
            { chat.set(new.chat) }
        }
    }

    /// What the TCP ports show as TLS servers. The files are read at every reload: a renewed certificate keeps its name.
    static func certificate(_ identity: TLSIdentity) -> ReloadablePart {
        ReloadablePart(keys: ["tls.certificate", "tls.key"]) { new in
            guard let files = new.tls else { return {} }
            return try identity.prepareRenewal(from: files)
        }
    }

    /// How many connections are taken.
    ///
    /// - Parameter descriptors: the limit where the configuration has none.
    static func connections(_ limits: ConnectionLimits, descriptors: Int) -> ReloadablePart {
        ReloadablePart(keys: ["limits.connections", "limits.connectionsPerIP"]) { new in
            {
                limits.update(
                    maximum: new.limits.connections ?? descriptors, perAddress: new.limits.connectionsPerIP
                )
            }
        }
    }

    /// Who hears of what. In force before the apps are: what happens from then on has its receivers.
    static func webhooks(_ webhooks: WebhookService) -> ReloadablePart {
        ReloadablePart(keys: ["apps.file"]) { new in
            let apps = try Apps.load(new)?.apps ?? []
            return { webhooks.update(apps: apps) }
        }
    }

    /// The apps whose clients use channels. Their file is read at every reload; one that is gone is not generated again,
    /// which would close the clients of all apps.
    ///
    /// - Parameter hasSource: whether another system knows apps too, so that there need not be a file.
    static func apps(_ hub: Hub, hasSource: Bool, logger: Logger) -> ReloadablePart {
        ReloadablePart(keys: ["apps.file", "chat.app"]) { new in
            guard let apps = try Apps.load(new)?.apps ?? (hasSource ? [] : nil) else {
                throw StorageError(
                    code: .cannotOpen, message: "apps.file is not set, and there is no \(DataDirectory(new).apps)"
                )
            }
            let chat = try new.chatApp(among: apps)
            return {
                let changed = apps.filter { hub.apps.app(id: $0.id)?.settings.value != $0 }.map(\.id)
                let removed = hub.apps.idsOfFile.subtracting(apps.map(\.id)).sorted()
                hub.update(apps: apps, chat: chat)
                guard !changed.isEmpty || !removed.isEmpty else { return }
                logger.notice(
                    "apps changed",
                    metadata: [
                        "changed": "\(changed.joined(separator: " "))",
                        "removed": "\(removed.joined(separator: " "))",
                    ]
                )
            }
        }
    }

    /// Who may send commands.
    static func datagrams(_ udp: UDPServer) -> ReloadablePart {
        ReloadablePart(keys: ["udp.allow", "udp.keys"]) { new in
            let secrets = try Secrets.loadOrGenerate(new)
            return {
                var datagrams = new.udp
                datagrams.allow = secrets.allow
                udp.update(access: datagrams)
            }
        }
    }

    /// Who may call the interface, and read the metrics.
    static func interface(_ http: Live<HTTPProxyConfiguration>) -> ReloadablePart {
        ReloadablePart(
            keys: ["http.serverKeys", "http.corsOrigins", "channels.masterKey", "metrics.allow"]
        ) { new in
            let secrets = try Secrets.loadOrGenerate(new)
            return {
                var interface = http.value
                interface.serverKeys = secrets.serverKeys
                interface.corsOrigins = new.http.corsOrigins
                interface.channelMasterKey = new.http.channelMasterKey
                interface.metricsAllow = new.http.metricsAllow
                http.set(interface)
            }
        }
    }
}
