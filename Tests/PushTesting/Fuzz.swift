// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs a property on random inputs for a bounded time: two seconds, or what the environment's
/// `PUSH_TEST_FUZZ_SECONDS` says.
///
/// The seed is printed before the first input, so that `PUSH_TEST_SEED` repeats even a run that ended in a trap: every
/// property draws the same inputs from the same seed, in whatever order the tests run.
package enum Fuzz {
    /// What a property did not hold for.
    package struct Failure: Error, CustomStringConvertible {
        package var name: String
        package var seed: UInt64
        /// Counted from 0.
        package var round: Int
        package var input: [UInt8]
        package var cause: any Error

        package var description: String {
            let hex = self.input.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            return "\(self.name): round \(self.round), PUSH_TEST_SEED=\(self.seed), input \(hex): \(self.cause)"
        }
    }

    /// How long a property is tried.
    package static let duration: Duration = {
        guard let text = ProcessInfo.processInfo.environment["PUSH_TEST_FUZZ_SECONDS"] else { return .seconds(2) }
        guard let seconds = Double(text), seconds >= 0 else {
            preconditionFailure("PUSH_TEST_FUZZ_SECONDS is no number of seconds: \(text)")
        }
        return .seconds(seconds)
    }()

    /// Tries a property until the time is over, at least once.
    ///
    /// - Parameters:
    ///   - name: stands in what is printed.
    ///   - rounds: the most inputs tried.
    ///   - make: draws an input.
    ///   - check: throws where the property does not hold for it; may draw more.
    /// - Throws: ``Failure`` for the first input that `check` threw for.
    package static func run(
        _ name: String,
        rounds: Int = .max,
        make: (inout SeededGenerator) -> [UInt8],
        check: ([UInt8], inout SeededGenerator) throws -> Void
    ) throws {
        var generator = SeededGenerator(seed: SeededGenerator.processSeed)
        self.report("fuzz \(name): PUSH_TEST_SEED=\(generator.seed)")
        let end = ContinuousClock.now + self.duration
        var round = 0
        repeat {
            let input = make(&generator)
            do {
                try check(input, &generator)
            } catch {
                throw Failure(name: name, seed: generator.seed, round: round, input: input, cause: error)
            }
            round += 1
        } while round < rounds && ContinuousClock.now < end
        self.report("fuzz \(name): \(round) rounds")
    }

    /// Past every buffer: a trap must not swallow the seed.
    private static func report(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
