// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOCore

/// Tells the service manager how the service is doing, as systemd wants it told (sd_notify(3)): a datagram to the socket
/// that `NOTIFY_SOCKET` names. Any thread.
struct ServiceNotifier: Sendable {
    /// What there is to tell.
    enum State: Sendable {
        /// The ports are listened on; also the end of a reload.
        case ready
        case reloading
        case stopping
        /// The event loops still turn.
        case alive
    }

    /// How long the manager may take a message; it is lost then.
    private static let patience = timeval(tv_sec: 1, tv_usec: 0)

    private let path: [UInt8]
    /// How often to say that the service is alive; nil where nobody waits for it.
    private let interval: Duration?

    /// - Parameter environment: the process's.
    /// - Returns: nil where no manager listens.
    init?(environment: [String: String]) {
        guard let name = environment["NOTIFY_SOCKET"], name.first == "/" || name.first == "@" else { return nil }
        var path = Array(name.utf8)
        // An abstract socket, which has no file.
        if name.first == "@" { path[0] = 0 }
        guard path.count > 1, path.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { return nil }
        self.path = path
        let isForUs = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        let watchdog = environment["WATCHDOG_USEC"].flatMap { Int64($0) }
        self.interval = isForUs ? watchdog.flatMap { $0 > 1 ? .microseconds($0 / 2) : nil } : nil
    }

    /// Tells something; what cannot be told is let be.
    func send(_ state: State) {
        switch state {
        case .ready: self.send("READY=1\nSTATUS=Serving")
        case .reloading: self.send("RELOADING=1\nMONOTONIC_USEC=\(Self.monotonicMicroseconds)\nSTATUS=Reloading")
        case .stopping: self.send("STOPPING=1\nSTATUS=Draining")
        case .alive: self.send("WATCHDOG=1")
        }
    }

    /// Says again and again that the service is alive, where somebody waits for that, until the task is cancelled.
    ///
    /// - Parameter check: returns when the service has proved it, and not before.
    func beat(after check: @Sendable () async throws -> Void) async {
        guard let interval = self.interval else { return }
        repeat {
            guard (try? await check()) != nil else { return }
            self.send(.alive)
        } while (try? await Task.sleep(for: interval)) != nil
    }

    /// The clock that a manager compares the start of a reload with.
    private static var monotonicMicroseconds: Int64 {
        // NIO's clock is that one.
        Int64(NIODeadline.now().uptimeNanoseconds / 1000)
    }

    private func send(_ text: String) {
        let descriptor = socket(AF_UNIX, Self.datagrams, 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var patience = Self.patience
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout.size(ofValue: patience)))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: self.path) }
        // An abstract name ends with its length, not with a zero.
        let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + self.path.count } ?? 0
        let bytes = Array(text.utf8)
        _ = withUnsafePointer(to: address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, 0, $0, socklen_t(length))
            }
        }
    }

    #if canImport(Glibc)
        private static let datagrams = Int32(SOCK_DGRAM.rawValue)
    #else
        private static let datagrams = SOCK_DGRAM
    #endif
}
