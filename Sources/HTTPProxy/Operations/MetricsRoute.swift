// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PushCore
internal import PushProtocol

/// `/metrics`: the counters in Prometheus' text form, for loopback and the addresses that may read them.
struct MetricsRoute {
    let configuration: Live<HTTPProxyConfiguration>
    let text: @Sendable () async throws -> String

    func add(to router: Router<ProxyContext>) {
        let configuration = self.configuration
        let text = self.text
        router.get("/metrics") { _, context in
            guard context.client.isLoopback || context.client.isWithin(configuration.value.metricsAllow) else {
                return ChatResponse.error(403, "not allowed")
            }
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: try await text()))
            )
        }
    }
}
