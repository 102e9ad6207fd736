// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@testable import PushCore

/// The machine as a table: every state, every event.
struct ChatSessionStateMachineTests {
    typealias Machine = ChatSession.StateMachine

    private static let second: Int64 = 1_000_000_000
    private static let start = Moment(uptime: 1000 * second, milliseconds: 1_600_000_000_500)
    private static let own = AccessToken(token: "t", uid: "123", source: "app")
    private static let identity = Machine.Identity(
        uid: "123", source: "app", since: 1_600_000_000, tokenHash: own.token.hashValue
    )
    private static let malformed = FrameError.malformed("why")
    private static let notYours = FrameError.forbidden("a login is renewed with a token of the same uid and source")

    private static func later(_ seconds: Int64) -> Moment {
        Moment(
            uptime: self.start.uptime + seconds * self.second, milliseconds: self.start.milliseconds + seconds * 1000)
    }

    enum State: CaseIterable {
        case waiting, authorizing, open, renewing, closed

        func machine() -> Machine {
            var machine = Machine(configuration: ChatConfiguration(), now: ChatSessionStateMachineTests.start)
            let token = ChatSessionStateMachineTests.own.encoded(order: .tokenFirst)
            guard self != .waiting else { return machine }
            _ = machine.login(accessToken: token)
            guard self != .authorizing else { return machine }
            _ = machine.answered(.accepted(ChatSessionStateMachineTests.own), now: ChatSessionStateMachineTests.start)
            guard self != .open else { return machine }
            guard self != .closed else {
                _ = machine.close()
                return machine
            }
            _ = machine.login(accessToken: token)
            return machine
        }

        /// Tells the state by how the machine behaves.
        init(of machine: Machine) {
            let isLoggedIn = machine.identity != nil
            switch machine.frame(.typing(.one("1"))) {
            case .refuseLogin: self = .waiting
            case .handle: self = .open
            default:
                let isOver = machine.deadlineReached(ChatSessionStateMachineTests.start) == .stop
                self = isOver ? .closed : isLoggedIn ? .renewing : .authorizing
            }
        }
    }

    enum Event: CaseIterable {
        case ownToken, otherUsersToken, otherSourcesToken, garbageToken
        case life, ping, message, typing, ack, malformedFrame
        case accepted, refused, unavailable
        case after9Seconds, after10Seconds, after25Seconds, after50Seconds, after60Seconds, afterAnHour
        case close

        func happen(to machine: inout Machine) -> Outcome {
            typealias Tests = ChatSessionStateMachineTests
            func login(_ token: AccessToken) -> Outcome {
                .frame(machine.login(accessToken: token.encoded(order: .tokenFirst)))
            }
            switch self {
            case .ownToken: return login(Tests.own)
            case .otherUsersToken: return login(AccessToken(token: "t", uid: "124", source: "app"))
            case .otherSourcesToken: return login(AccessToken(token: "t", uid: "123", source: "pc"))
            case .garbageToken: return .frame(machine.login(accessToken: "garbage"))
            case .life: return .frame(machine.frame(.life))
            case .ping: return .frame(machine.frame(.ping))
            case .message:
                let body = MessageBody(type: "chat", content: UnsafeRawBufferPointer(start: nil, count: 0))
                return .frame(machine.frame(.message(.one("1"), body, clientID: nil)))
            case .typing: return .frame(machine.frame(.typing(.one("1"))))
            case .ack: return .frame(machine.frame(.ack(MessageID(rawValue: 1))))
            case .malformedFrame: return .frame(machine.refused(Tests.malformed))
            case .accepted: return .login(machine.answered(.accepted(Tests.own), now: Tests.later(3)))
            case .refused: return .login(machine.answered(.refused, now: Tests.later(3)))
            case .unavailable: return .login(machine.answered(.unavailable, now: Tests.later(3)))
            case .after9Seconds: return .deadline(machine.deadlineReached(Tests.later(9)))
            case .after10Seconds: return .deadline(machine.deadlineReached(Tests.later(10)))
            case .after25Seconds: return .deadline(machine.deadlineReached(Tests.later(25)))
            case .after50Seconds: return .deadline(machine.deadlineReached(Tests.later(50)))
            case .after60Seconds: return .deadline(machine.deadlineReached(Tests.later(60)))
            case .afterAnHour: return .deadline(machine.deadlineReached(Tests.later(3600)))
            case .close: return .close(machine.close())
            }
        }
    }

    enum Outcome: Equatable {
        case frame(Machine.FrameAction)
        case login(Machine.LoginAction)
        case deadline(Machine.DeadlineAction)
        case close(Machine.Identity?)
    }

    /// What comes out, and the next state; nil where it stays.
    private typealias Cell = (Outcome, State?)

    /// The cells of an event, in the order of the states.
    private static func row(_ event: Event) -> [Cell] {
        func at(_ seconds: Int64) -> Int64 { self.later(seconds).uptime }
        let ignored: Cell = (.frame(.ignore), nil)
        let unasked: Cell = (.login(.ignore), nil)
        let over: Cell = (.deadline(.stop), nil)
        let late: Cell = (.deadline(.refuseLogin), nil)
        func look(_ action: Machine.DeadlineAction) -> Cell { (.deadline(action), nil) }
        let since3 = Machine.Identity(
            uid: "123", source: "app", since: self.later(3).seconds, tokenHash: self.own.token.hashValue
        )
        let other = AccessToken(token: "t", uid: "124", source: "app")
        let pc = AccessToken(token: "t", uid: "123", source: "pc")
        switch event {
        //                          waiting, authorizing, open, renewing, closed
        case .ownToken:
            return [
                (.frame(.authorize([self.own])), .authorizing), ignored, (.frame(.authorize([self.own])), .renewing),
                ignored, ignored,
            ]
        case .otherUsersToken:
            return [
                (.frame(.authorize([other])), .authorizing), ignored, (.frame(.reject(self.notYours)), nil), ignored,
                ignored,
            ]
        case .otherSourcesToken:
            return [
                (.frame(.authorize([pc])), .authorizing), ignored, (.frame(.reject(self.notYours)), nil), ignored,
                ignored,
            ]
        case .garbageToken:
            return [(.frame(.refuseLogin), nil), ignored, (.frame(.reject(self.notYours)), nil), ignored, ignored]
        case .life, .ping:
            return [(.frame(.handle), nil), ignored, (.frame(.handle), nil), ignored, ignored]
        case .message, .typing, .ack:
            return [(.frame(.refuseLogin), nil), ignored, (.frame(.handle), nil), ignored, ignored]
        case .malformedFrame:
            return [(.frame(.refuseLogin), nil), ignored, (.frame(.reject(self.malformed)), nil), ignored, ignored]
        case .accepted:
            return [
                unasked, (.login(.open(since3)), .open), unasked, (.login(.renewed(self.identity)), .open), unasked,
            ]
        case .refused:
            return [unasked, (.login(.refuse), nil), unasked, (.login(.refuse), nil), unasked]
        case .unavailable:
            return [unasked, (.login(.unavailable), nil), unasked, (.login(.unavailable), .open), unasked]
        case .after9Seconds:
            return [
                look(.wait(until: at(10))), look(.wait(until: at(25))), look(.wait(until: at(25))),
                look(.wait(until: at(25))), over,
            ]
        case .after10Seconds:
            return [late, look(.wait(until: at(25))), look(.wait(until: at(25))), look(.wait(until: at(25))), over]
        case .after25Seconds:
            return [late, look(.ping(until: at(50))), look(.ping(until: at(50))), look(.ping(until: at(50))), over]
        case .after50Seconds:
            return [late, look(.ping(until: at(60))), look(.ping(until: at(60))), look(.ping(until: at(60))), over]
        case .after60Seconds, .afterAnHour:
            return [late, look(.silent), look(.silent), look(.silent), over]
        case .close:
            return [
                (.close(nil), .closed), (.close(nil), .closed), (.close(self.identity), .closed),
                (.close(self.identity), .closed), (.close(nil), nil),
            ]
        }
    }

    @Test("Each event in each state has its outcome and its next state", arguments: State.allCases, Event.allCases)
    func table(state: State, event: Event) throws {
        var machine = state.machine()
        #expect(State(of: machine) == state)
        let column = try #require(State.allCases.firstIndex(of: state))
        let expected = Self.row(event)[column]
        #expect(event.happen(to: &machine) == expected.0)
        #expect(State(of: machine) == expected.1 ?? state)
    }

    @Test("Deadlines hold to the nanosecond, and a byte from the client moves them")
    func borders() {
        var machine = State.open.machine()
        func after(_ nanoseconds: Int64) -> Moment { Moment(uptime: Self.start.uptime + nanoseconds, milliseconds: 0) }
        #expect(machine.deadlineReached(after(25 * Self.second - 1)) == .wait(until: Self.later(25).uptime))
        #expect(machine.deadlineReached(after(25 * Self.second)) == .ping(until: Self.later(50).uptime))
        #expect(machine.deadlineReached(after(60 * Self.second - 1)) == .ping(until: Self.later(60).uptime))
        #expect(machine.deadlineReached(after(60 * Self.second)) == .silent)
        machine.heard(Self.later(59))
        #expect(machine.deadlineReached(Self.later(60)) == .wait(until: Self.later(84).uptime))
    }

    @Test("The first look is at the first thing that may be due")
    func firstDeadline() {
        #expect(State.waiting.machine().firstDeadline == Self.later(10).uptime)
        let patient = ChatConfiguration(pingInterval: 5 * Self.second, loginTimeout: 300 * Self.second)
        #expect(Machine(configuration: patient, now: Self.start).firstDeadline == Self.later(5).uptime)
    }
}
