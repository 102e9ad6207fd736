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

extension ConfigurationOptions {
    /// Runs a service until SIGTERM or SIGINT. What keeps it from starting goes to standard error, and ends the command
    /// with code 1.
    func runService(
        _ start: (ServerConfiguration, ServiceNotifier?, Logger) async throws -> some ReloadableService
    ) async throws {
        let configuration = try self.read()
        let logger = ServerLog.makeLogger(configuration.log)
        do {
            let notifier = ServiceNotifier(environment: ProcessInfo.processInfo.environment)
            let service = try await start(configuration, notifier, logger)
            let hangups = await UnixSignalsSequence(trapping: .sighup)
            let reload = Task {
                await ConfigurationReload(
                    parts: service.reloadableParts, notifier: notifier, logger: logger, reread: { try self.read() }
                ).run(hangups, from: configuration)
            }
            defer { reload.cancel() }
            let services = ServiceGroup(
                configuration: .init(
                    services: [.init(service: service)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
                )
            )
            try await services.run()
        } catch let error as BindError {
            StandardError.write("\(configuration.problem(binding: error))\n")
            throw ExitCode(1)
        } catch let error as TLSIdentity.Problem {
            StandardError.write("\(configuration.problem(of: error))\n")
            throw ExitCode(78)
        } catch let error as ConfigurationError {
            StandardError.write("\(configuration.problem(of: error))\n")
            throw ExitCode(78)
        } catch let error as ExtensionProblem {
            StandardError.write("\(error)\n")
            throw ExitCode(78)
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
    /// What the TCP ports show; nil where they speak plain text. Reads the files.
    func identity() throws(TLSIdentity.Problem) -> TLSIdentity? {
        guard let files = self.tls else { return nil }
        return try TLSIdentity(files)
    }

    /// Which file is wrong, and where the keys were set.
    func problem(of error: TLSIdentity.Problem) -> String {
        self.problem(error.description, of: ["tls.certificate", "tls.key"])
    }

    /// What is wrong with the file of apps, and where it was named.
    func problem(of error: ConfigurationError) -> String {
        self.problem(error.description, of: ["apps.file"])
    }

    /// Which key, with which value from where, asked for an address that cannot be had.
    fileprivate func problem(binding error: BindError) -> String {
        let section =
            switch (error.host, error.port) {
            case (self.webSocketListener.host, self.webSocketListener.port): "websocket"
            case (self.udp.host, self.udp.port): "udp"
            default: "http"
            }
        return self.problem(error.description, of: ["\(section).host", "\(section).port"])
    }

    private func problem(_ description: String, of keys: Set<String>) -> String {
        ([description] + self.entries.filter { keys.contains($0.key) }.map { "  \($0)" }).joined(separator: "\n")
    }
}
