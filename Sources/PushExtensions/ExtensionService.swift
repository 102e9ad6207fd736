// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// A task of an extension that runs for as long as the server does: a timer, a reader of somebody's queue.
public protocol ExtensionService: Sendable {
    /// Runs once, from when the server is ready. The task is cancelled when the server stops, which waits for its end
    /// within the time of a drain. One that returns is not started again.
    func run(on server: any ServerContext) async
}
