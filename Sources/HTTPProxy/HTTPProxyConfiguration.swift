// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import PushProtocol

/// How the HTTP interface behaves, on whichever port it answers.
package struct HTTPProxyConfiguration: Sendable {
    /// Keys of the backends.
    package var serverKeys: [String]
    /// Origins whose pages may call the interface.
    package var corsOrigins: [String]
    /// What the keys of encrypted channels are made from; nil where nobody is given them here.
    package var channelMasterKey: ChannelMasterKey?
    /// What stands before `/app` in the path that clients of channels connect to.
    package var channelPathPrefix: String
    /// Addresses that may read the metrics, beside loopback.
    package var metricsAllow: [AddressRange]
    /// The largest request body, in bytes.
    package var maximumBodyBytes: Int
    /// The largest request head, in bytes.
    package var maximumHeadBytes: Int
    /// How long a call waits for the archive to be read.
    package var historyPatience: TimeAmount
    /// Proxies that say whose a request is.
    package var trustedProxies: TrustedProxies

    package init(
        serverKeys: [String] = [], corsOrigins: [String] = [], channelMasterKey: ChannelMasterKey? = nil,
        channelPathPrefix: String = "", metricsAllow: [AddressRange] = [],
        maximumBodyBytes: Int = 1024 * 1024, maximumHeadBytes: Int = 16 * 1024,
        historyPatience: TimeAmount = .seconds(5), trustedProxies: TrustedProxies = TrustedProxies()
    ) {
        self.serverKeys = serverKeys
        self.corsOrigins = corsOrigins
        self.channelMasterKey = channelMasterKey
        self.channelPathPrefix = channelPathPrefix
        self.metricsAllow = metricsAllow
        self.maximumBodyBytes = maximumBodyBytes
        self.maximumHeadBytes = maximumHeadBytes
        self.historyPatience = historyPatience
        self.trustedProxies = trustedProxies
    }
}
