// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import PushCore

/// Lets the pages of some origins call the interface, and no others (Fetch standard, CORS protocol).
struct CrossOrigin<Context: RequestContext>: RouterMiddleware {
    let configuration: Live<HTTPProxyConfiguration>

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let origin = request.headers[.origin], self.configuration.value.corsOrigins.contains(origin) else {
            return try await next(request, context)
        }
        var response: Response
        if request.method == .options {
            response = Response(status: .noContent)
            response.headers[.accessControlAllowMethods] = "GET, POST"
            // The last one is Laravel Echo's, which sends it to every endpoint.
            response.headers[.accessControlAllowHeaders] = "authorization, content-type, x-csrf-token"
            response.headers[.accessControlMaxAge] = "600"
        } else {
            response = try await next(request, context)
        }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.vary] = "Origin"
        return response
    }
}
