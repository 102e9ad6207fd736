// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Logging
internal import NIOCore
internal import PushProtocol
internal import ServerConfig
internal import Synchronization

/// The log, to standard error: a line for each event, as text or as JSON. Whatever a message holds, it stays one line.
struct ServerLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    /// Of the process; a reload may change it.
    private static let settings = Mutex((level: Logger.Level.info, format: ServerConfiguration.Log.Format.text))

    /// The logger of the process.
    static func makeLogger(_ configuration: ServerConfiguration.Log) -> Logger {
        self.update(configuration)
        return Logger(label: "push-server") { _ in ServerLog() }
    }

    /// Sets what is logged from now on, and how.
    static func update(_ configuration: ServerConfiguration.Log) {
        let level = Logger.Level(rawValue: configuration.level.rawValue) ?? .info
        self.settings.withLock { $0 = (level, configuration.format) }
    }

    var logLevel: Logger.Level {
        get { Self.settings.withLock { $0.level } }
        set { Self.settings.withLock { $0.level = newValue } }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = self.metadata.merging(event.metadata ?? [:]) { _, new in new }
            .sorted { $0.key < $1.key }.map { (key: $0.key, value: "\($0.value)") }
        let time = Date.now.formatted(
            .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted))
        var line = ByteBuffer()
        switch Self.settings.withLock({ $0.format }) {
        case .text:
            line.writeString("\(time) \(event.level.rawValue) \(event.message)")
            for (key, value) in fields {
                line.writeString(" \(key)=")
                line.writeJSONString(value)
            }
        case .json:
            line.writeString("{\"time\":\"\(time)\",\"level\":\"\(event.level.rawValue)\",\"message\":")
            line.writeJSONString("\(event.message)")
            for (key, value) in fields {
                line.writeStaticString(",")
                line.writeJSONString(key)
                line.writeStaticString(":")
                line.writeJSONString(value)
            }
            line.writeStaticString("}")
        }
        line.writeStaticString("\n")
        FileHandle.standardError.write(Data(line.readableBytesView))
    }
}
