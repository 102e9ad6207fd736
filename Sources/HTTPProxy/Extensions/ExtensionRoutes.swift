// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
package import PushCore
package import PushExtensions

/// The paths that extensions answer.
package struct ExtensionRoutes: Sendable {
    private static let methods: Set<String> = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    /// What the server's own paths begin with.
    private static let reserved: Set<Substring> = [
        "app", "apps", "chat", "health", "index", "metrics", "plugin", "pusher", "subscribe", "t", "users",
    ]

    private struct Route: Sendable {
        let route: any HTTPRoute
        let method: HTTPRequest.Method
        /// The path with numbers in the place of names: routes of one shape are one to the router, whatever the names.
        let pattern: String
        /// What the numbers stand for.
        let names: [(number: String, name: String)]
    }

    private let routes: [Route]

    /// - Throws: where a path or a method is none, or not for extensions, or taken twice.
    package init(_ routes: [any HTTPRoute] = []) throws(ExtensionProblem) {
        var known: Set<String> = []
        var checked: [Route] = []
        for route in routes {
            let what = "the route \(route.method) \(route.path)"
            guard Self.methods.contains(route.method), let method = HTTPRequest.Method(route.method) else {
                throw ExtensionProblem(
                    "\(what) has none of the methods \(Self.methods.sorted().joined(separator: ", "))")
            }
            guard let segments = Self.segments(of: route.path) else {
                throw ExtensionProblem("\(what) has a path that is no segments of A-Z a-z 0-9 . _ ~ - and {names}")
            }
            let first = segments[0]
            let isFile =
                segments.count == 1 && (first.hasSuffix(".js") || first.hasSuffix(".mjs") || first.hasSuffix(".css"))
            guard !first.hasPrefix("{"), !Self.reserved.contains(first), !isFile else {
                throw ExtensionProblem("\(what) has a path that is the server's own")
            }
            let pattern = segments.enumerated().map { $1.hasPrefix("{") ? "{\($0)}" : $1 }.joined(separator: "/")
            guard known.insert("\(route.method) \(pattern)").inserted else {
                throw ExtensionProblem("\(what) is taken by two extensions")
            }
            let names = segments.enumerated().filter { $1.hasPrefix("{") }.map {
                (number: "\($0)", name: String($1.dropFirst().dropLast()))
            }
            checked.append(Route(route: route, method: method, pattern: "/" + pattern, names: names))
        }
        self.routes = checked
    }

    /// - Parameter limit: the largest body, in bytes.
    func add(to router: Router<ProxyContext>, on server: any ServerContext, maximumBodyBytes limit: Int) {
        for route in self.routes {
            router.on(RouterPath(route.pattern), method: route.method) { request, context in
                var request = request
                let values = route.names.compactMap { number, name in
                    context.parameters.get(number).map { (name, $0) }
                }
                do {
                    let call = try await HTTPCall(
                        &request, context, maximumBodyBytes: limit,
                        parameters: Dictionary(values, uniquingKeysWith: { first, _ in first })
                    )
                    return Response(try await route.route.respond(to: call, on: server))
                } catch {
                    return HTTPAnswer.failure(error, to: request, context)
                }
            }
        }
    }

    /// The segments of a path; nil where it is none.
    private static func segments(of path: String) -> [Substring]? {
        guard path.hasPrefix("/"), path.utf8.count <= 256 else { return nil }
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let isPath = segments.allSatisfy { segment in
            let isName = segment.hasPrefix("{") && segment.hasSuffix("}")
            let text = isName ? segment.dropFirst().dropLast() : segment
            return !text.isEmpty && text != "." && text != ".."
                && text.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                        true
                    default: !isName && ".~".utf8.contains(byte)
                    }
                }
        }
        return isPath ? segments : nil
    }
}
