// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Which events somebody wants to hear of, looked at for each thing that happens: one atomic load. Any thread.
final class WantedEvents: Sendable {
    private let bits = Atomic<UInt32>(0)

    init(_ names: Set<AppEvent.Name> = []) {
        self.set(names)
    }

    func set(_ names: Set<AppEvent.Name>) {
        self.bits.store(names.reduce(0) { $0 | $1.bit }, ordering: .relaxed)
    }

    func contains(_ name: AppEvent.Name) -> Bool {
        self.bits.load(ordering: .relaxed) & name.bit != 0
    }
}

extension AppEvent.Name {
    fileprivate var bit: UInt32 {
        switch self {
        case .channelOccupied: 1 << 0
        case .channelVacated: 1 << 1
        case .memberAdded: 1 << 2
        case .memberRemoved: 1 << 3
        case .clientEvent: 1 << 4
        case .cacheMiss: 1 << 5
        case .subscriptionCount: 1 << 6
        case .serverEvent: 1 << 7
        case .userOnline: 1 << 8
        case .userOffline: 1 << 9
        case .message: 1 << 10
        case .messageOffline: 1 << 11
        }
    }
}
