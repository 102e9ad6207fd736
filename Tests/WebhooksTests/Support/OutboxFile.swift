// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PushCore
import Webhooks

/// A directory for an outbox, gone when the test lets it go.
final class OutboxFile {
    let path: String
    private let directory: URL

    init() throws {
        self.directory = FileManager.default.temporaryDirectory.appending(path: "webhooks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
        self.path = self.directory.appending(path: "webhooks.sqlite").path
    }

    deinit {
        try? FileManager.default.removeItem(at: self.directory)
    }

    func open(maximumBytes: Int = 1 << 20) throws -> Outbox {
        try Outbox(path: self.path, maximumBytes: maximumBytes)
    }
}

extension WebhookEvent {
    /// An event whose id is its number.
    static func test(_ number: Int, app: String = "1", bytes: Int = 0) -> WebhookEvent {
        WebhookEvent(
            id: "e\(number)", app: app, name: .clientEvent, milliseconds: Int64(number), channel: "private-c",
            user: nil, socketID: "1.2", event: "\"client-a\"", data: "\"\(String(repeating: "x", count: bytes))\""
        )
    }
}
