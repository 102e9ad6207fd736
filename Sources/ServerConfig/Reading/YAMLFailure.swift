// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Why a text is not the YAML that is accepted. Never holds a part of the text but the names of keys and anchors.
struct YAMLFailure: Error, Equatable {
    /// The line it was noticed on, counted from 1; nil when the text as a whole is meant.
    let line: Int?
    let message: String
}
