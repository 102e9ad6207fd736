// swift-tools-version: 6.2
// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// Third-party products, named once.
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")

let package = Package(
    name: "swift-push-server",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "push-server", targets: ["PushServerMain"]),
        // For who builds a server with extensions of their own.
        .library(name: "PushServer", targets: ["PushServer", "PushExtensions"]),
        .library(name: "PushClient", targets: ["PushClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // L0: system libraries, a module map and a shim header each.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CMariaDB", pkgConfig: "libmariadb", providers: [.apt(["libmariadb-dev"])]),

        // L1: pure codecs, what extensions implement, and the two database clients.
        .target(name: "PushExtensions", dependencies: [nioCore], swiftSettings: settings),
        .target(name: "PushProtocol", dependencies: [nioCore, crypto], swiftSettings: settings),
        .target(name: "RedisClient", dependencies: ["CHiredis", nioCore, nioPosix, logging], swiftSettings: settings),
        .target(name: "MariaDBClient", dependencies: ["CMariaDB", logging], swiftSettings: settings),

        // L2: the domain, and the door every connection comes through.
        .target(
            name: "PushCore", dependencies: ["PushProtocol", "PushExtensions", nioCore, deque], swiftSettings: settings),
        .target(
            name: "Listener",
            dependencies: ["PushProtocol", nioCore, nioPosix, nioSSL, logging],
            swiftSettings: settings
        ),

        // L3: the edges.
        .target(
            name: "WSServer",
            dependencies: ["PushCore", "PushProtocol", "Listener", nioCore, logging],
            swiftSettings: settings
        ),
        .target(
            name: "UDPIngest",
            dependencies: ["PushCore", "PushProtocol", nioCore, nioPosix, logging],
            swiftSettings: settings
        ),
        .target(
            name: "HTTPProxy",
            dependencies: [
                "PushCore", "PushProtocol", "PushExtensions", "Listener", hummingbird, nioCore, nioPosix, crypto,
                logging,
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ],
            resources: [
                .embedInCode("Page/index.html"), .embedInCode("Page/page.css"), .embedInCode("Page/channels.css"),
                .embedInCode("Page/archive.js"), .embedInCode("Page/banner.js"), .embedInCode("Page/channel.js"),
                .embedInCode("Page/channels.js"), .embedInCode("Page/channelsocket.js"),
                .embedInCode("Page/channelsview.js"), .embedInCode("Page/chat.js"), .embedInCode("Page/connection.js"),
                .embedInCode("Page/conversation.js"), .embedInCode("Page/elements.js"),
                .embedInCode("Page/eventlog.js"), .embedInCode("Page/json.js"), .embedInCode("Page/logview.js"),
                .embedInCode("Page/outbox.js"), .embedInCode("Page/page.js"), .embedInCode("Page/people.js"),
                .embedInCode("Page/peopleview.js"), .embedInCode("Page/presence.js"), .embedInCode("Page/queries.js"),
                .embedInCode("Page/session.js"), .embedInCode("Page/tabs.js"), .embedInCode("Page/view.js"),
                .embedInCode("Client/push.js"), .embedInCode("Client/push.mjs"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Storage",
            dependencies: ["PushCore", "PushProtocol", "RedisClient", "MariaDBClient", grdb, crypto, nioCore, logging],
            swiftSettings: settings
        ),

        .target(
            name: "Webhooks",
            dependencies: [
                "PushCore", "PushProtocol", "RedisClient", grdb, httpClient, nioHTTP1, deque, nioCore, nioPosix,
                logging,
            ],
            swiftSettings: settings
        ),

        // L4: configuration.
        .target(
            name: "ServerConfig",
            dependencies: [
                "PushCore", "PushProtocol", "Listener", "WSServer", "UDPIngest", "HTTPProxy", "Storage",
                "Webhooks", "RedisClient", "MariaDBClient",
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings
        ),

        // L5: the server as a whole, and the executable that is nothing more.
        .target(
            name: "PushServer",
            dependencies: [
                "ServerConfig", "WSServer", "UDPIngest", "HTTPProxy", "Webhooks", "Storage", "Listener", "PushCore",
                "PushProtocol", "PushExtensions", "RedisClient", httpClient,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                crypto, nioCore, nioPosix, nioHTTP1, logging, lifecycle,
            ],
            swiftSettings: settings
        ),

        .executableTarget(name: "PushServerMain", dependencies: ["PushServer"], swiftSettings: settings),

        // For programs that use a server: no room of it.
        .target(
            name: "PushClient",
            dependencies: [
                httpClient, nioCore, nioPosix, nioSSL, nioHTTP1, nioWebSocket, crypto,
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),

        // What an installation may add: worked examples, and a server with all of them.
        .target(
            name: "BlockList", dependencies: ["PushExtensions", nioCore], path: "Examples/BlockList",
            swiftSettings: settings),
        .target(
            name: "CallGuard", dependencies: ["PushExtensions"], path: "Examples/CallGuard", swiftSettings: settings),
        .target(
            name: "CustomEvents", dependencies: ["PushExtensions"], path: "Examples/CustomEvents",
            swiftSettings: settings),
        .target(
            name: "DerivedApps", dependencies: ["PushExtensions"], path: "Examples/DerivedApps", swiftSettings: settings
        ),
        .target(name: "FeedFile", dependencies: ["PushExtensions"], path: "Examples/FeedFile", swiftSettings: settings),
        .target(
            name: "MessageFilter", dependencies: ["PushExtensions"], path: "Examples/MessageFilter",
            swiftSettings: settings),
        .target(
            name: "TrafficReport", dependencies: ["PushExtensions"], path: "Examples/TrafficReport",
            swiftSettings: settings),
        .target(
            name: "TrafficRoute", dependencies: ["PushExtensions"], path: "Examples/TrafficRoute",
            swiftSettings: settings),
        .executableTarget(
            name: "ExampleServer",
            dependencies: [
                "PushServer", "PushExtensions", "BlockList", "CallGuard", "CustomEvents", "DerivedApps", "FeedFile",
                "MessageFilter", "TrafficReport", "TrafficRoute",
            ],
            path: "Examples/ExampleServer",
            swiftSettings: settings
        ),
        // A program that uses a server: docs/client-swift.md.
        .executableTarget(
            name: "SwiftClient", dependencies: ["PushClient"], path: "Examples/SwiftClient", swiftSettings: settings),

        // Tests mirror Sources; what they share stands in PushTesting.
        .target(
            name: "PushTesting",
            dependencies: [
                "PushCore", "PushProtocol", "PushExtensions", nioCore, nioPosix, nioEmbedded, nioSSL, crypto,
            ],
            path: "Tests/PushTesting",
            swiftSettings: settings
        ),
        .testTarget(
            name: "PushProtocolTests",
            dependencies: [
                "PushProtocol", "PushTesting", nioCore, nioEmbedded,
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RedisClientTests",
            dependencies: ["RedisClient", nioCore, nioPosix, nioEmbedded, logging],
            swiftSettings: settings
        ),
        .testTarget(name: "MariaDBClientTests", dependencies: ["MariaDBClient"], swiftSettings: settings),
        .testTarget(
            name: "PushCoreTests",
            dependencies: [
                "PushCore", "PushProtocol", "PushExtensions", "PushTesting", nioCore, nioPosix, nioEmbedded,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ListenerTests",
            dependencies: ["Listener", "PushProtocol", "PushTesting", nioCore, nioPosix, nioEmbedded],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WSServerTests",
            dependencies: [
                "WSServer", "Listener", "PushCore", "PushProtocol", "PushTesting", nioCore, nioPosix, nioEmbedded,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "UDPIngestTests",
            dependencies: ["UDPIngest", "PushCore", "PushProtocol", "PushTesting", nioCore, nioPosix, nioEmbedded],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HTTPProxyTests",
            dependencies: [
                "HTTPProxy", "Listener", "PushCore", "PushProtocol", "PushExtensions", "PushTesting", nioCore, nioPosix,
                logging,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "Storage", "PushCore", "PushProtocol", "PushTesting", "RedisClient", "MariaDBClient", nioCore, nioPosix,
                logging, grdb,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WebhooksTests",
            dependencies: [
                "Webhooks", "PushCore", "PushProtocol", "PushTesting", "RedisClient", nioCore, nioPosix, grdb, logging,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PushClientTests",
            dependencies: ["PushClient", "PushTesting", nioCore, nioPosix, nioHTTP1, nioWebSocket, nioSSL],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ServerConfigTests", dependencies: ["ServerConfig", "PushCore", "PushProtocol", "WSServer"],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
