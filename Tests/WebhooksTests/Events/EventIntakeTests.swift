// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import Testing

@testable import Webhooks

struct EventIntakeTests {
    private func event(_ kind: AppEvent.Kind) -> AppEvent {
        AppEvent(app: "1", milliseconds: 0, channel: "c", kind: kind)
    }

    private func message(_ bytes: Int) -> AppEvent {
        self.event(.message(recipient: "u", frame: ByteBuffer(repeating: 0x20, count: bytes)))
    }

    @Test func whatFindsNoRoomIsDroppedAndCounted() {
        let intake = EventIntake(limit: 10_000)
        intake.offer([self.message(8000), self.message(8000), self.message(1000)])
        #expect(intake.dropped == 1)
        #expect(intake.takeAll() == [self.message(8000), self.message(1000)])
        intake.offer([self.message(8000)])
        #expect(intake.takeAll().count == 1, "there is room again")
    }

    @Test func comingsAndGoingsHaveRoomOfTheirOwn() {
        let intake = EventIntake(limit: 1000)
        intake.offer([self.message(2000), self.message(700), self.event(.channelOccupied)])
        #expect(intake.takeAll().map(\.name) == [.message, .channelOccupied])
        #expect(intake.dropped == 1)
        intake.offer((0..<5).map { _ in self.event(.channelVacated) })
        #expect(intake.dropped == 3)
    }

    @Test func whoLeavesWhileTheServerEndsIsNotTaken() {
        let intake = EventIntake()
        intake.startDraining()
        intake.offer([
            self.event(.channelVacated), self.event(.memberRemoved(user: "u")), self.event(.userOffline("u")),
            self.event(.subscriptionCount(0)), self.event(.cacheMiss), self.message(1),
        ])
        #expect(intake.takeAll().map(\.name) == [.cacheMiss, .message])
    }
}
