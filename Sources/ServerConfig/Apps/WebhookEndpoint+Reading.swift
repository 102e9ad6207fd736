// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushCore
internal import PushProtocol
internal import Webhooks

extension WebhookEndpoint {
    /// Reads the members of one endpoint. The URL is empty where it is missing or wrong, which is then a problem.
    ///
    /// - Parameter dialect: of the app: what its backends expect to hear where nothing is said.
    init(_ reader: ConfigurationReader, dialect: Dialect) {
        self.init(
            url: reader.required("url", .webhookURL) ?? "",
            events: Set(reader.list("events", default: dialect.toldUnasked, of: .eventName)),
            headers: reader.dictionary("headers", of: .headerValue) { name in
                Self.reserved.contains(name.lowercased()) ? "is a field that the server sets itself" : nil
            },
            secret: reader.optional("secret", .appSecret),
            channels: reader.list("channels", default: [], of: .channelPrefix)
        )
    }

    /// What a request's head has already, or what would change how its end is found.
    private static let reserved: Set<String> = [
        "connection", "content-length", "content-type", "expect", "host", "sign", "te", "trailer", "transfer-encoding",
        "upgrade", "x-pusher-key", "x-pusher-signature",
    ]
}

extension Dialect {
    /// What the receivers of a dialect know.
    fileprivate var toldUnasked: [AppEvent.Name] {
        let occupancy: [AppEvent.Name] = [.channelOccupied, .channelVacated, .memberAdded, .memberRemoved]
        return switch self {
        case .pusher: AppEvent.Name.allCases.filter { AppEvent.Name.toldUnasked.contains($0) }
        case .webmanPush: occupancy
        case .workbunny2, .workbunny3: occupancy + [.clientEvent]
        }
    }
}

extension ConfigurationType<AppEvent.Name> {
    fileprivate static var eventName: ConfigurationType { .word }
}

extension ConfigurationType<String> {
    /// Not shown with its query, which may hold a secret.
    fileprivate static var webhookURL: ConfigurationType {
        ConfigurationType(
            expectation:
                "a URL such as https://example.com/webhook, without a user, of at most 2048 bytes, or redis-stream",
            isSecret: true,
            show: { EndpointName(app: "", url: $0).visibleURL }
        ) { $0 == EndpointName.streamURL || EndpointName.isValid(url: $0) ? $0 : nil }
    }

    fileprivate static var headerValue: ConfigurationType {
        ConfigurationType(expectation: "1-4096 bytes of visible ASCII and spaces", isSecret: true) { text in
            1...4096 ~= text.utf8.count && text.utf8.allSatisfy { 0x20..<0x7F ~= $0 } ? text : nil
        }
    }

    fileprivate static var channelPrefix: ConfigurationType {
        ConfigurationType(expectation: "what names of channels begin with, 1-200 bytes") { text in
            1...200 ~= text.utf8.count ? text : nil
        }
    }
}
