// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Synchronization

/// Runs work that recurses deeply on a stack large enough for it.
///
/// Yams composes, hashes and frees nodes by recursion, up to a thousand levels before its parser refuses. That takes
/// more than the 512 KiB stack of a secondary thread on some systems, and an overflow there would be a trap.
enum ComposerThread {
    private static let stackSize = 16 << 20

    /// Runs `work` on a thread of its own and waits for its end.
    static func run<Success: Sendable, Failure>(
        _ work: @escaping @Sendable () throws(Failure) -> Success
    ) -> Result<Success, Failure> {
        let outcome = Outcome<Success, Failure>()
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            let result: Result<Success, Failure>
            do throws(Failure) {
                result = .success(try work())
            } catch {
                result = .failure(error)
            }
            outcome.value.withLock { $0 = result }
            done.signal()
        }
        thread.stackSize = stackSize
        thread.start()
        // The outcome is there before the signal: one turn is enough.
        while true {
            done.wait()
            if let result = outcome.value.withLock({ $0 }) {
                return result
            }
        }
    }

    private final class Outcome<Success: Sendable, Failure: Error>: Sendable {
        let value = Mutex<Result<Success, Failure>?>(nil)
    }
}
