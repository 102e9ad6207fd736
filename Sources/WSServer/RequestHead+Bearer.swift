// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushProtocol

extension RequestHead {
    /// The token of `Authorization: Bearer …` (RFC 6750, section 2.1).
    var bearerToken: String? {
        self.header("authorization").flatMap { value in
            value.lowercased().hasPrefix("bearer ") ? String(value.dropFirst("bearer ".count)) : nil
        }
    }
}
