// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PushCore
internal import PushProtocol

/// A call of Pusher's HTTP API that is known to come from the app's own backend, with its whole body.
struct APICall {
    let app: App
    /// The app's settings, the same for the whole call.
    let settings: AppConfiguration
    let endpoint: APIEndpoint
    /// In which it is read and answered.
    let dialect: Dialect
    let parameters: APIParameters
    let body: ByteBuffer
    private let contentType: String?
    /// The loop of the connection.
    let loop: any EventLoop

    /// Finds the app, checks who calls, and only then takes the body.
    ///
    /// - Parameters:
    ///   - called: which app the request is for, by what it says itself.
    ///   - seconds: now, since 1970.
    ///   - limit: the largest body, in bytes.
    /// - Throws: ``PushProtocol/APIError``; `NIOTooManyBytesError` where the body is larger than the limit.
    init(
        _ request: Request, _ called: CalledApp, seconds: Int64, limit: Int, on loop: any EventLoop
    ) async throws {
        let named = try called.named()
        let endpoint = try called.path.endpoint(in: called.dialect)
        guard request.method.rawValue == endpoint.method else {
            throw APIError(status: 405, message: "this is called by \(endpoint.method)", reason: .nothingThere)
        }
        let parameters = try APIParameters(query: request.uri.query ?? "", dialect: called.dialect)
        let signature = try APISignature(
            method: endpoint.method, path: request.uri.path, parameters: parameters, dialect: called.dialect
        )
        guard let app = named else {
            throw APIError.unauthorized("auth_key is not the key of an app", reason: .unknownApp)
        }
        let settings = app.settings.value
        // Of a key that is given twice one may be found and the other signed: the two readings have to agree.
        guard settings.key == signature.key, settings.dialect == called.dialect else {
            throw APIError.unauthorized("auth_key is not the key of app \(app.id)", reason: .unknownApp)
        }
        try signature.verify(with: PusherSecret(settings.secret), seconds: seconds)
        guard settings.isEnabled else { throw APIError.forbidden("app \(app.id) is disabled") }
        let body = try await Self.body(of: request, limit: limit)
        try signature.verify(body: body.readableBytesView)
        self.app = app
        self.settings = settings
        self.endpoint = endpoint
        self.dialect = called.dialect
        self.parameters = parameters
        self.body = body
        self.contentType = request.headers[.contentType]
        self.loop = loop
    }

    /// Whether a body that is no JSON is a form.
    var isForm: Bool {
        self.contentType?.lowercased().hasPrefix("application/x-www-form-urlencoded") ?? false
    }

    /// The attributes that there are of a channel.
    func attributes(of channel: ChannelName) -> ChannelAttributes {
        var attributes: ChannelAttributes = self.settings.tellsSubscriptionCount ? [.subscriptionCount] : []
        if channel.kind == .presence { attributes.insert(.userCount) }
        if channel.isCache { attributes.insert(.cache) }
        return attributes
    }

    private static func body(of request: Request, limit: Int) async throws -> ByteBuffer {
        do {
            return try await request.body.collect(upTo: limit)
        } catch let error as NIOTooManyBytesError {
            throw error
        } catch {
            // It broke off, or its chunks are none: nothing that this server did.
            throw APIError.badRequest("the body cannot be read")
        }
    }
}
