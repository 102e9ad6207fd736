// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushCore
internal import Webhooks

extension ServerConfiguration {
    /// Checks what the apps' endpoints need of the server.
    ///
    /// - Throws: where an app wants its events in the stream, and there is none.
    package func checkWebhooks(of apps: [AppConfiguration]) throws(ConfigurationError) {
        guard self.webhooks.queue == .sqlite,
            let app = apps.first(where: { $0.webhooks.contains { $0.url == EndpointName.streamURL } })
        else { return }
        let origin = self.entries.first { $0.key == "webhooks.queue" }?.origin ?? .default
        throw ConfigurationError([
            ConfigurationProblem(
                code: .invalidValue, origin: origin, key: "webhooks.queue",
                message: "is not redis-stream, which an endpoint of app \(app.id) names"
            )
        ])
    }
}
