// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushCore
internal import PushProtocol

extension AppConfiguration {
    /// Reads the members of one app. Those that it must have are empty where they are missing or wrong, which is then a
    /// problem.
    ///
    /// - Parameter namesFiles: whether it stands in a file: then its secret may stand in one of its own, and webhooks
    ///   may hear of it.
    init(_ reader: ConfigurationReader, namesFiles: Bool = true) {
        self.init(
            id: reader.required("id", .appID) ?? "", key: reader.required("key", .appKey) ?? "",
            secret: (namesFiles ? Self.secret(reader) : reader.required("secret", .appSecret)) ?? ""
        )
        // First: the defaults of others depend on it.
        self.setDialect(reader.oneOf("dialect", default: self.dialect))
        self.isEnabled = reader.bool("enabled", default: self.isEnabled)
        self.allowsClientEvents = reader.bool("clientEvents", default: self.allowsClientEvents)
        self.clientEventsPerSecond = reader.int(
            "clientEventsPerSecond", default: self.clientEventsPerSecond, in: 0...1_000_000)
        self.maximumConnections = reader.int("maxConnections", default: self.maximumConnections, in: 0...10_000_000)
        self.maximumPresenceMembers = reader.int(
            "maxPresenceMembers", default: self.maximumPresenceMembers, in: 1...10_000)
        self.maximumEventBytes = reader.byteCount(
            "maxEventBytes", default: self.maximumEventBytes, in: 1...16 * 1024 * 1024)
        self.origins = reader.list("origins", default: self.origins, of: .origin)
        self.requiresSignin = reader.bool("userAuthentication", default: self.requiresSignin)
        self.tellsSubscriptionCount = reader.bool("subscriptionCount", default: self.tellsSubscriptionCount)
        self.webhooks = reader.sections("webhooks") { [dialect] in WebhookEndpoint($0, dialect: dialect) }
        if Set(self.webhooks.map(\.url)).count < self.webhooks.count {
            reader.refuse("webhooks", because: "names a URL twice")
        }
        // What waits for an endpoint has to know it after a restart too, before any client has come.
        if !namesFiles, !self.webhooks.isEmpty {
            reader.refuse("webhooks", because: "is for apps of apps.file alone")
        }
        self.isMonitored = reader.bool("monitor", default: self.isMonitored)
    }

    /// The secret, from the file of apps or from one of its own.
    private static func secret(_ reader: ConfigurationReader) -> String? {
        let path = reader.optional("secretFile", .secretPath)
        guard reader.isSet("secretFile") else { return reader.required("secret", .appSecret) }
        let secret = reader.optional("secret", .appSecret)
        guard !reader.isSet("secret") else {
            reader.refuse("secretFile", because: "and secret are both set; one of them has to go")
            return secret
        }
        guard let path else { return nil }
        do throws(SecretFile.Failure) {
            let text = try SecretFile.text(path: path)
            if let secret = ConfigurationType.appSecret.parse(text, .default) { return secret }
            reader.refuse(
                "secretFile", because: "names a file that does not hold \(ConfigurationType.appSecret.expectation)")
        } catch {
            reader.refuse("secretFile", because: error.message)
        }
        return nil
    }
}

extension ConfigurationReader {
    /// Whether a layer has a value for a key that was read.
    fileprivate func isSet(_ key: String) -> Bool {
        entries.contains { $0.key == key && $0.origin != .default }
    }

    /// Reads a value that must be there.
    func required<Value>(_ key: String, _ type: ConfigurationType<Value>) -> Value? {
        let value = optional(key, type)
        if !isSet(key) {
            report(.invalidValue, .file(path: file.path, line: file.line), key, "is missing: \(type.expectation)")
        }
        return value
    }
}
