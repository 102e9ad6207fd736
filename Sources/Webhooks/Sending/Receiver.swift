// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol

/// A receiver with everything that a request to it is made of.
package struct Receiver: Sendable, Equatable {
    package var name: EndpointName
    /// The app's, which the request says it comes from.
    package var key: String
    /// What requests are signed with.
    package var secret: String
    package var dialect: Dialect
    package var headers: [String: String]

    package init(name: EndpointName, key: String, secret: String, dialect: Dialect, headers: [String: String]) {
        self.name = name
        self.key = key
        self.secret = secret
        self.dialect = dialect
        self.headers = headers
    }
}
