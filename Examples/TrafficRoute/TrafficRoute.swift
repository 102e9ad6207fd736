// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

public import PushExtensions

/// `GET /traffic/{app}`: what an app has taken and been sent, as JSON, for whoever has the token.
///
/// Needs ``PushExtensions/ServerExtensions/countsTraffic``.
public struct TrafficRoute: HTTPRoute {
    private let token: String

    /// - Parameter token: to be sent as a bearer token.
    public init(token: String) {
        self.token = token
    }

    /// `GET`.
    public let method = "GET"
    /// The app is named by its id.
    public let path = "/traffic/{app}"

    /// Answers 401 without the token, and 404 where there is no such app.
    public func respond(to call: HTTPCall, on server: any ServerContext) async throws -> HTTPAnswer {
        guard call.headers["authorization"] == "Bearer \(self.token)" else {
            return .text("the token is missing or wrong\n", status: 401)
        }
        guard let app = call.parameters["app"], let traffic = server.traffic(of: app) else {
            return .text("there is no such app\n", status: 404)
        }
        return .json(
            """
            {"connections":\(traffic.connections),"events":\(traffic.events),\
            "messages":{"received":\(traffic.messagesReceived),"sent":\(traffic.messagesSent)},\
            "bytes":{"received":\(traffic.bytesReceived),"sent":\(traffic.bytesSent)}}
            """
        )
    }
}
