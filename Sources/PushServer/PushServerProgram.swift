// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
public import PushExtensions

/// The whole program, for an executable of yours: its commands, and a server with your extensions.
public enum PushServerProgram {
    /// What the server of this process is extended by.
    @TaskLocal static var extensions = ServerExtensions()

    /// Runs the command that the arguments of the process name, and ends the process with its code.
    ///
    /// - Parameter extensions: what `serve` adds to the server.
    public static func run(_ extensions: ServerExtensions = ServerExtensions()) async {
        await self.$extensions.withValue(extensions) { await PushServerCommand.main() }
    }
}
