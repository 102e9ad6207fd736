// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PushProtocol

/// `/health/live`: the process answers. `/health/ready`: it can do its work; 503 with what is missing where it cannot.
struct HealthRoutes {
    let readiness: @Sendable () -> Readiness

    func add(to router: Router<ProxyContext>) {
        let readiness = self.readiness
        router.get("/health/live") { _, _ in ChatResponse.json(.ok, ByteBuffer(string: #"{"status":"ok"}"#)) }
        router.get("/health/ready") { _, context in
            let state = readiness()
            var body = ByteBuffer(string: state.isReady ? #"{"status":"ready""# : #"{"status":"not ready""#)
            for part in state.parts {
                body.writeStaticString(",")
                body.writeJSONString(part.name)
                body.writeStaticString(":")
                // What a database says of itself is for this machine only.
                let problem = context.client.isLoopback ? part.problem : part.problem.map { _ in "away" }
                body.writeJSONString(problem ?? "ok")
            }
            body.writeStaticString("}")
            return ChatResponse.json(state.isReady ? .ok : .serviceUnavailable, body)
        }
    }
}
