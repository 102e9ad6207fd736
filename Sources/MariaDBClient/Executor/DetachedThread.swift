// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Starts named, detached threads that leave the process's signals to other threads.
enum DetachedThread {
    /// Runs `body` on a new thread; false when the system has no thread to give.
    ///
    /// - Parameter name: what debuggers and `ps -L` show; Linux keeps the first 15 bytes.
    static func start(name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        #if canImport(Darwin)
            var thread: pthread_t?
            let status = pthread_create(&thread, nil, { DetachedThread.run($0) }, start.toOpaque())
        #else
            var thread = pthread_t()
            let status = pthread_create(&thread, nil, { $0.flatMap(DetachedThread.run) }, start.toOpaque())
        #endif
        guard status == 0 else {
            start.release()
            return false
        }
        return true
    }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    private static func run(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        pthread_detach(pthread_self())
        blockSignals()
        setName(start.name)
        start.body()
        return nil
    }

    /// Names the calling thread; a thread without its name works as well.
    private static func setName(_ name: String) {
        #if canImport(Darwin)
            pthread_setname_np(name)
        #else
            // The C library's function for it is a GNU extension, which Swift does not see.
            let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            guard file >= 0 else { return }
            defer { close(file) }
            let bytes = Array(name.utf8)
            _ = write(file, bytes, bytes.count)
        #endif
    }

    /// Blocks what is sent to the process (its handlers belong to other threads) and SIGPIPE, which a TLS write to
    /// a dead server raises; faults of the thread itself stay as they are.
    private static func blockSignals() {
        var signals = sigset_t()
        sigfillset(&signals)
        for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS] {
            sigdelset(&signals, fault)
        }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
