// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushCore
internal import PushProtocol

/// Which app a call of the HTTP API is for, by what it says itself, and so in whose words it is answered. Nothing of it is
/// proved yet.
struct CalledApp {
    let path: APIEndpoint.Path
    let dialect: Dialect
    private let app: App?

    /// - Parameter query: of the request, still encoded.
    init(_ path: APIEndpoint.Path, query: String, among apps: AppDirectory) {
        self.path = path
        // Where the parameters cannot be read, whoever reads them later says so.
        let key = (try? APIParameters(query))?["auth_key"]
        let keyed = key.flatMap { apps.app(key: $0) }
        let named = path.appID.flatMap { apps.app(id: $0) }
        self.dialect = (keyed ?? named)?.settings.value.dialect ?? apps.commonDialect
        // Whatever id stands in the path: callers of webman/push write the same one for every app.
        self.app = path.appID == nil || self.dialect == .webmanPush ? keyed : named
    }

    /// The app; nil where the path names none, and the key is none either.
    ///
    /// - Throws: where the path names one that is not there.
    func named() throws(APIError) -> App? {
        if self.app == nil, self.path.appID != nil, self.dialect != .webmanPush {
            throw .notFound("there is no such app", reason: .unknownApp)
        }
        return self.app
    }
}
