// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import NIOCore
internal import PushCore
internal import PushProtocol

/// One call of a receiver, ready to be sent.
package struct WebhookRequest: Equatable, Sendable {
    package var url: String
    /// Names and values of the head's fields.
    package var headers: [String: String]
    package var body: ByteBuffer

    package init(url: String, headers: [String: String], body: ByteBuffer) {
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// The request that brings events to a receiver, in its dialect, signed.
    ///
    /// - Parameters:
    ///   - time: when it is sent, in milliseconds since 1970.
    ///   - id: of the request, for dialects that have one.
    package init(_ events: [WebhookEvent], to receiver: Receiver, at time: Int64, id: String) {
        let secret = PusherSecret(receiver.secret)
        var headers = receiver.headers
        headers["Content-Type"] = "application/json"
        if !headers.keys.contains(where: { $0.lowercased() == "user-agent" }) {
            headers["User-Agent"] = "swift-push-server"
        }
        let body: ByteBuffer
        var url = receiver.name.url
        switch receiver.dialect {
        case .pusher, .webmanPush:
            body =
                receiver.dialect == .pusher
                ? PusherWebhook.body(events, at: time) : WebmanWebhook.body(events, at: time)
            headers["X-Pusher-Key"] = receiver.key
            headers["X-Pusher-Signature"] = body.withUnsafeReadableBytes { secret.sign($0) }
        case .workbunny2, .workbunny3:
            body = WorkbunnyWebhook.body(events, appKey: receiver.key, at: time)
            let target = WorkbunnyTarget(url: url, id: id)
            url = target.url
            headers["sign"] = secret.sign(target.signed + String(buffer: body))
        }
        self.init(url: url, headers: headers, body: body)
    }
}
