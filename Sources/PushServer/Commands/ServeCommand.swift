// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Foundation
internal import Listener
internal import Logging
internal import PushCore
internal import ServerConfig
internal import ServiceLifecycle
internal import Storage
internal import UDPIngest
internal import UnixSignals

/// `push-server serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Runs the server until it is told to stop (SIGTERM, SIGINT)."
    )

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try self.options.read()
        let log = configuration.log
        let logger = ServerLog.makeLogger(log)
        do {
            let notifier = ServiceNotifier(environment: ProcessInfo.processInfo.environment)
            let server = try await Server.start(configuration, notifier: notifier, logger: logger)
            let options = self.options
            let hangups = await UnixSignalsSequence(trapping: .sighup)
            let reload = Task {
                await ConfigurationReload(
                    parts: server.reloadableParts, notifier: notifier, logger: logger, reread: { try options.read() }
                ).run(hangups, from: configuration)
            }
            defer { reload.cancel() }
            let services = ServiceGroup(
                configuration: .init(
                    services: [.init(service: server)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
                )
            )
            try await services.run()
        } catch let error as BindError {
            StandardError.write("\(configuration.problem(binding: error))\n")
            throw ExitCode(1)
        } catch let error as ArchiveError {
            StandardError.write("\(error.message)\n")
            throw ExitCode(1)
        } catch let error as StorageError {
            StandardError.write("\(error)\n")
            throw ExitCode(1)
        }
    }
}

extension ServerConfiguration {
    /// Which key, with which value from where, asked for an address that cannot be had.
    fileprivate func problem(binding error: BindError) -> String {
        let section =
            switch (error.host, error.port) {
            case (self.webSocketListener.host, self.webSocketListener.port): "websocket"
            case (self.udp.host, self.udp.port): "udp"
            default: "http"
            }
        let entries = self.entries.filter { $0.key == "\(section).host" || $0.key == "\(section).port" }
        return ([error.description] + entries.map { "  \($0)" }).joined(separator: "\n")
    }
}
