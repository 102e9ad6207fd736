// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Is told every message in and out of the apps that have `monitor: true`.
///
/// Clients do not wait for it: what it does not take in time waits within `monitor.queueBytes`, and is dropped and counted
/// beyond (`push_monitor_dropped_total`).
public protocol TrafficMonitor: Sendable {
    /// Takes messages, those of one connection in their order. Called again when it returns.
    func observe(_ messages: [MonitoredMessage]) async
}
