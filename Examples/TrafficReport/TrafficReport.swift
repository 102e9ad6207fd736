// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

public import PushExtensions

/// Publishes the traffic of an app on one of its channels now and then, for a page that shows it.
public struct TrafficReport: ExtensionService {
    private let app: String
    private let channel: String
    private let interval: Duration

    /// A report of an app, on a channel of its own clients.
    public init(of app: String, on channel: String, every interval: Duration) {
        self.app = app
        self.channel = channel
        self.interval = interval
    }

    /// Publishes until the server stops.
    public func run(on server: any ServerContext) async {
        while (try? await Task.sleep(for: self.interval)) != nil {
            guard let traffic = server.traffic(of: self.app) else { continue }
            let data = #"{"connections":\#(traffic.connections),"sent":\#(traffic.messagesSent)}"#
            try? server.publish(PushEvent(name: "traffic", data: data), to: self.channel, app: self.app)
        }
    }
}
