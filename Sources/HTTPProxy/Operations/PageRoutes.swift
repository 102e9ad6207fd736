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

    private static let modules: [(RouterPath, [UInt8])] = [
        ("/archive.js", PackageResources.archive_js),
        ("/banner.js", PackageResources.banner_js),
        ("/channel.js", PackageResources.channel_js),
        ("/channels.js", PackageResources.channels_js),
        ("/channelsocket.js", PackageResources.channelsocket_js),
        ("/channelsview.js", PackageResources.channelsview_js),
        ("/chat.js", PackageResources.chat_js),
        ("/connection.js", PackageResources.connection_js),
        ("/conversation.js", PackageResources.conversation_js),
        ("/elements.js", PackageResources.elements_js),
        ("/eventlog.js", PackageResources.eventlog_js),
        ("/json.js", PackageResources.json_js),
        ("/logview.js", PackageResources.logview_js),
        ("/outbox.js", PackageResources.outbox_js),
        ("/page.js", PackageResources.page_js),
        ("/people.js", PackageResources.people_js),
        ("/peopleview.js", PackageResources.peopleview_js),
        ("/presence.js", PackageResources.presence_js),
        ("/queries.js", PackageResources.queries_js),
        ("/session.js", PackageResources.session_js),
        ("/tabs.js", PackageResources.tabs_js),
        ("/view.js", PackageResources.view_js),
    ]

    func add(to router: Router<ProxyContext>) {
        let files =
            [
                File(path: "/", bytes: PackageResources.index_html, type: "text/html; charset=utf-8"),
                File(path: "/page.css", bytes: PackageResources.page_css, type: "text/css; charset=utf-8"),
                File(path: "/channels.css", bytes: PackageResources.channels_css, type: "text/css; charset=utf-8"),
            ] + Self.modules.map { File(path: $0, bytes: $1, type: "text/javascript; charset=utf-8") }
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
