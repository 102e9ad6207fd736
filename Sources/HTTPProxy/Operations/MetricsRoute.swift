// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PushProtocol

/// `/metrics`: the counters in Prometheus' text form, for loopback and the addresses that may read them.
struct MetricsRoute {
    let allow: [AddressRange]
    let text: @Sendable () async throws -> String

    func add(to router: Router<ProxyContext>) {
        let allow = self.allow
        let text = self.text
        router.get("/metrics") { _, context in
            guard let address = context.address,
                address.isLoopback || allow.contains(where: { $0.contains(address) })
            else { return ChatResponse.error(403, "not allowed") }
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: try await text()))
            )
        }
    }
}
