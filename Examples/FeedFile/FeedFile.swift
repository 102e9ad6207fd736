// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
public import PushExtensions

/// Writes the traffic of the apps that have `monitor: true` into a file, a line for each message.
public actor FeedFile: TrafficMonitor {
    private let file: FileHandle

    /// - Parameter path: of a file that is made, or appended to.
    /// - Throws: where it cannot be opened.
    public init(path: String) throws {
        if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
        self.file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try self.file.seekToEnd()
    }

    /// Appends a line for each message.
    public func observe(_ messages: [MonitoredMessage]) async {
        let lines = messages.map { message in
            let arrow = message.direction == .received ? ">" : "<"
            return "\(arrow) \(message.appKey) \(message.socketID ?? "-") \(message.event) \(message.channel ?? "-") "
                + "\(message.data)\n"
        }
        // A disk that is full loses lines, and keeps nobody.
        try? self.file.write(contentsOf: Data(lines.joined().utf8))
    }
}
