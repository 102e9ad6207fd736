// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The limit on open descriptors, and so on connections.
enum DescriptorLimit {
    /// Descriptors that are not for connections: listeners, databases, the log.
    private static let reserve = 256

    /// Raises the limit as far as the process may.
    ///
    /// - Returns: how many connections fit.
    static func raise(logger: Logger) -> Int {
        var limit = rlimit()
        guard getrlimit(descriptorResource, &limit) == 0 else { return 1024 - Self.reserve }
        limit.rlim_cur = limit.rlim_max
        if setrlimit(descriptorResource, &limit) != 0 { _ = getrlimit(descriptorResource, &limit) }
        let descriptors = Int(clamping: min(limit.rlim_cur, 100_000_000))
        logger.info("descriptor limit", metadata: ["descriptors": "\(descriptors)"])
        return max(16, descriptors - Self.reserve)
    }
}

/// The limit that is meant, in the form that each system wants it.
#if canImport(Glibc)
    private let descriptorResource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
#else
    private let descriptorResource = RLIMIT_NOFILE
#endif
