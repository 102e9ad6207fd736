// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The client for pages, `push.js`, at its own path and where webman/push and workbunny have theirs. Pages of every origin may
/// load it. It is part of the executable.
struct ClientRoutes {
    private static let files: [(paths: [RouterPath], bytes: [UInt8])] = [
        (
            ["/push.js", "/plugin/webman/push/push.js", "/plugin/workbunny/webman-push-server/push.js"],
            PackageResources.push_js
        ),
        (["/push.mjs"], PackageResources.push_mjs),
    ]

    func add(to router: Router<ProxyContext>) {
        for file in Self.files {
            let body = ByteBuffer(bytes: file.bytes)
            let tag = Self.tag(of: file.bytes)
            for path in file.paths {
                router.get(path) { request, _ in
                    let headers = Self.headers(tag: tag)
                    guard !Self.isKnown(tag, to: request) else {
                        return Response(status: .notModified, headers: headers)
                    }
                    return Response(status: .ok, headers: headers, body: .init(byteBuffer: body))
                }
            }
        }
    }

    /// Whether the caller has these very bytes (RFC 9110, section 13.1.2).
    private static func isKnown(_ tag: String, to request: Request) -> Bool {
        request.headers[values: .ifNoneMatch].contains { value in
            value.split(separator: ",").contains { element in
                let known = element.drop { $0 == " " }.prefix { $0 != " " }
                return known == "*" || known == tag[...] || known == "W/\(tag)"
            }
        }
    }

    private static func headers(tag: String) -> HTTPFields {
        var headers: HTTPFields = [
            .contentType: "text/javascript; charset=utf-8", .xContentTypeOptions: "nosniff", .eTag: tag,
            // Kept for an hour, and then asked for by its tag.
            .cacheControl: "public, max-age=3600", .accessControlAllowOrigin: "*",
        ]
        headers[.crossOriginResourcePolicy] = "cross-origin"
        return headers
    }

    /// A strong one: of the bytes themselves.
    private static func tag(of bytes: [UInt8]) -> String {
        let digits = SHA256.hash(data: bytes).prefix(8).map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }
        return "\"\(digits.joined())\""
    }
}
