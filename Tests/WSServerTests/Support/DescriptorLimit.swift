// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How many files and sockets this process may have open.
enum DescriptorLimit {
    struct TooLow: Error {
        let hard: UInt64
    }

    /// Raises the limit.
    ///
    /// - Throws: ``TooLow`` where the system does not allow as many.
    static func raise(to wanted: UInt64) throws {
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        getrlimit(resource, &limit)
        guard limit.rlim_cur < wanted else { return }
        guard limit.rlim_max >= wanted else { throw TooLow(hard: UInt64(limit.rlim_max)) }
        limit.rlim_cur = rlim_t(wanted)
        setrlimit(resource, &limit)
    }
}
