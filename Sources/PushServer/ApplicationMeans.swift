// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import UDPIngest

/// The commands that this installation adds to those of the chat protocol: list yours here.
enum ApplicationMeans {
    static let all: [any Means] = [ServerTime()]
}
