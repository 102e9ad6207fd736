// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushProtocol

/// How a port is listened on, and what a connection may cost before it has said what it wants.
package struct ListenerConfiguration: Sendable, Equatable {
    /// An address of this machine; `0.0.0.0` and `::` are all of them.
    package var host: String
    /// 0 lets the system choose.
    package var port: Int
    /// Further ports of the same address, which are no different.
    package var extraPorts: [Int]
    /// The largest request head, in bytes.
    package var maximumHeadBytes: Int
    /// From the accept to the end of the request head.
    package var headTimeout: TimeAmount
    /// Bytes that a connection may have unsent after a flush.
    package var unsentLimit: Int
    /// Proxies that say whose a connection is, and that no limit by address is for.
    package var trustedProxies: TrustedProxies

    package init(
        host: String, port: Int, extraPorts: [Int] = [], maximumHeadBytes: Int = 16 * 1024,
        headTimeout: TimeAmount = .seconds(10),
        unsentLimit: Int = 256 * 1024, trustedProxies: TrustedProxies = TrustedProxies()
    ) {
        self.host = host
        self.port = port
        self.extraPorts = extraPorts
        self.maximumHeadBytes = maximumHeadBytes
        self.headTimeout = headTimeout
        self.unsentLimit = unsentLimit
        self.trustedProxies = trustedProxies
    }
}
