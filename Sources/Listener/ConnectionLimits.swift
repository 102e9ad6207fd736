// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol
internal import Synchronization

/// Counts the connections of a node against their limits, over all its listeners. Any thread; touched when a connection
/// comes, is recognized, and goes.
package final class ConnectionLimits: Sendable {
    /// Why a connection is not taken.
    package enum Refusal: Sendable {
        case tooMany, tooManyOfAddress, tooManyWithoutRequest
    }

    /// Connections that one address may have that have sent no whole request head yet.
    package static let withoutRequestPerAddress = 256

    private struct Counts {
        var open = 0
        var withoutRequest = 0
    }

    private struct State {
        var open = 0
        var refused = 0
        var maximum: Int?
        var perAddress: Int?
        var addresses: [IPAddress: Counts] = [:]
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - maximum: the most connections; nil = as many as there are descriptors.
    ///   - perAddress: the most connections of one address; nil = no limit.
    package init(maximum: Int?, perAddress: Int?) {
        self.state = Mutex(State(maximum: maximum, perAddress: perAddress))
    }

    /// Sets the limits for connections that come from now on; those that are open stay.
    package func update(maximum: Int?, perAddress: Int?) {
        self.state.withLock { state in
            state.maximum = maximum
            state.perAddress = perAddress
        }
    }

    /// Connections that are open now.
    package var open: Int { self.state.withLock { $0.open } }

    /// Connections that were refused since the start.
    package var refused: Int { self.state.withLock { $0.refused } }

    /// Counts a connection in.
    ///
    /// - Returns: nil where it may come, otherwise why not; then it is not counted.
    package func connect(_ address: IPAddress?) -> Refusal? {
        self.state.withLock { state in
            if let refusal = self.refusal(of: address, state) {
                state.refused += 1
                return refusal
            }
            if let address {
                var counts = state.addresses[address] ?? Counts()
                counts.open += 1
                counts.withoutRequest += 1
                state.addresses[address] = counts
            }
            state.open += 1
            return nil
        }
    }

    /// Counts an open connection for an address too, which has become known after it came: that of a proxy's client.
    ///
    /// - Parameter isRecognized: whether the connection has sent its request head.
    /// - Returns: nil where it may stay, otherwise why not; then it is not counted for the address.
    package func assign(_ address: IPAddress?, isRecognized: Bool) -> Refusal? {
        guard let address else { return nil }
        return self.state.withLock { state in
            var counts = state.addresses[address] ?? Counts()
            if let refusal = self.refusal(
                of: counts, perAddress: state.perAddress, isRecognized: isRecognized
            ) {
                state.refused += 1
                return refusal
            }
            counts.open += 1
            if !isRecognized { counts.withoutRequest += 1 }
            state.addresses[address] = counts
            return nil
        }
    }

    private func refusal(of address: IPAddress?, _ state: State) -> Refusal? {
        if let maximum = state.maximum, state.open >= maximum { return .tooMany }
        guard let counts = address.flatMap({ state.addresses[$0] }) else { return nil }
        return self.refusal(of: counts, perAddress: state.perAddress, isRecognized: false)
    }

    private func refusal(of counts: Counts, perAddress: Int?, isRecognized: Bool) -> Refusal? {
        if let limit = perAddress, counts.open >= limit { return .tooManyOfAddress }
        let hasRoom = isRecognized || counts.withoutRequest < Self.withoutRequestPerAddress
        return hasRoom ? nil : .tooManyWithoutRequest
    }

    /// A connection has sent its request head.
    package func recognized(_ address: IPAddress?) {
        guard let address else { return }
        self.state.withLock { $0.addresses[address]?.withoutRequest -= 1 }
    }

    /// Counts a connection out.
    package func disconnect(_ address: IPAddress?, isRecognized: Bool) {
        self.state.withLock { state in
            state.open -= 1
            guard let address, var counts = state.addresses[address] else { return }
            counts.open -= 1
            if !isRecognized { counts.withoutRequest -= 1 }
            state.addresses[address] = counts.open > 0 ? counts : nil
        }
    }
}
