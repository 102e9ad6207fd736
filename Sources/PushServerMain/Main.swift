// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushServer

/// The server as it comes, without extensions.
@main
enum Main {
    static func main() async {
        await PushServerProgram.run()
    }
}
