// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization

/// Collects what is logged, of every level: the message and the metadata, as one line each.
final class LogLines: Sendable {
    private let collected = Mutex<[String]>([])

    var lines: [String] { self.collected.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(log: self) }
    }

    private struct Handler: LogHandler {
        let log: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = self.metadata.merging(event.metadata ?? [:]) { _, new in new }
            self.log.collected.withLock { $0.append("\(event.level) \(event.message) \(metadata)") }
        }
    }
}
