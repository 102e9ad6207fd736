// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The page at `/`, a small chat to try the server with. Its files are part of the executable.
struct PageRoutes {
    private static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; "
        + "img-src 'self' data:; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'"

    private struct File {
        let path: RouterPath
        let bytes: [UInt8]
        let type: String
    }

    func add(to router: Router<ProxyContext>) {
        let files = [
            File(path: "/", bytes: PackageResources.index_html, type: "text/html; charset=utf-8"),
            File(path: "/page.css", bytes: PackageResources.page_css, type: "text/css; charset=utf-8"),
            File(path: "/page.js", bytes: PackageResources.page_js, type: "text/javascript; charset=utf-8"),
            File(path: "/connection.js", bytes: PackageResources.connection_js, type: "text/javascript; charset=utf-8"),
            File(
                path: "/conversation.js", bytes: PackageResources.conversation_js,
                type: "text/javascript; charset=utf-8"),
            File(path: "/view.js", bytes: PackageResources.view_js, type: "text/javascript; charset=utf-8"),
        ]
        for file in files {
            let body = ByteBuffer(bytes: file.bytes)
            router.get(file.path) { _, _ in
                var headers: HTTPFields = [
                    .contentType: file.type, .cacheControl: "no-cache", .xContentTypeOptions: "nosniff",
                ]
                headers[.contentSecurityPolicy] = Self.contentSecurityPolicy
                return Response(status: .ok, headers: headers, body: .init(byteBuffer: body))
            }
        }
    }
}
