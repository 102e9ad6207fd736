// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushExtensions

/// What extensions have put into a hub. Where a kind of them is not there, its member is nil, and that is all it costs.
package struct HubExtensions: Sendable {
    let middlewares: MessageChain?
    let eventHandlers: [String: any ClientEventHandler]?
    let broadcastHandlers: [String: any BroadcastHandler]
    /// Hands what goes in and out of apps to monitors.
    package let monitoring: Monitoring?
    let clock: any ServerClock

    /// - Parameters:
    ///   - monitors: those of the server itself.
    ///   - monitorQueueBytes: what may wait for each monitor.
    /// - Throws: where two take the same name, or one takes a name that is the protocol's.
    package init(
        _ extensions: ServerExtensions, clock: any ServerClock, monitors: [any TrafficMonitor] = [],
        monitorQueueBytes: Int = 8 * 1024 * 1024
    ) throws(ExtensionProblem) {
        self.clock = clock
        let monitors = monitors + extensions.trafficMonitors
        self.monitoring = monitors.isEmpty ? nil : Monitoring(monitors, queueBytes: monitorQueueBytes)
        self.middlewares =
            extensions.messageMiddlewares.isEmpty ? nil : MessageChain(extensions.messageMiddlewares)
        var events: [String: any ClientEventHandler] = [:]
        for handler in extensions.eventHandlers {
            for name in handler.names {
                guard HubContext.isEventName(name) else {
                    throw ExtensionProblem(
                        "the client event \"\(name)\" cannot be taken: its name is the protocol's, or too long")
                }
                guard events.updateValue(handler, forKey: name) == nil else {
                    throw ExtensionProblem("the client event \"\(name)\" is taken by two extensions")
                }
            }
        }
        self.eventHandlers = events.isEmpty ? nil : events
        var broadcasts: [String: any BroadcastHandler] = [:]
        for handler in extensions.broadcastHandlers {
            guard 1...64 ~= handler.type.utf8.count else {
                throw ExtensionProblem("the broadcast type \"\(handler.type)\" has not 1 to 64 bytes")
            }
            guard broadcasts.updateValue(handler, forKey: handler.type) == nil else {
                throw ExtensionProblem("the broadcast type \"\(handler.type)\" is taken by two extensions")
            }
        }
        self.broadcastHandlers = broadcasts
    }
}
