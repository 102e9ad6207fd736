// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushProtocol

extension ChatSession {
    /// What a session may do when: logging in, being open, being closed, being silent. Pure: events and the time go in,
    /// an action comes out.
    package struct StateMachine: Sendable {
        /// Who is logged in.
        package struct Identity: Equatable, Sendable {
            package let uid: String
            package let source: String
            /// Seconds since 1970 of the login.
            package let since: Int64
            /// Of the token that let it in; see ``OpenLogin``.
            package let tokenHash: Int

            package var terminal: TerminalDirectory.Terminal { .init(uid: self.uid, source: self.source) }
        }

        private enum State {
            /// Connected, without a token yet.
            case waiting(deadline: Int64)
            /// A token is being checked.
            case authorizing
            case open(Identity)
            /// An open session whose new token is being checked.
            case renewing(Identity)
            case closed
        }

        /// What to do about a frame.
        package enum FrameAction: Equatable {
            /// Carry it out.
            case handle
            /// Check this token; read on when that is done.
            case authorize([AccessToken])
            case refuseLogin
            /// Tell the client that the frame is not allowed now.
            case reject(FrameError)
            case ignore
        }

        /// What to do about the answer to a login.
        package enum LoginAction: Equatable {
            /// Open the session.
            case open(Identity)
            /// Confirm the renewed login.
            case renewed(Identity)
            case refuse
            case unavailable
            case ignore
        }

        /// What to do when a deadline comes.
        package enum DeadlineAction: Equatable {
            /// Look again then.
            case wait(until: Int64)
            /// Send a ping, look again then.
            case ping(until: Int64)
            case refuseLogin
            case silent
            case stop
        }

        private var state: State
        /// When the last byte came from the client, in nanoseconds of uptime.
        private var lastHeard: Int64
        private let configuration: ChatConfiguration

        package init(configuration: ChatConfiguration, now: Moment) {
            self.configuration = configuration
            self.state = .waiting(deadline: now.uptime + configuration.loginTimeout)
            self.lastHeard = now.uptime
        }

        /// Who is logged in; nil before and after.
        package var identity: Identity? {
            switch self.state {
            case .open(let identity), .renewing(let identity): identity
            case .waiting, .authorizing, .closed: nil
            }
        }

        /// When to look at the session for the first time.
        package var firstDeadline: Int64 {
            self.lastHeard + min(self.configuration.loginTimeout, self.configuration.pingInterval)
        }

        /// A byte came.
        package mutating func heard(_ now: Moment) {
            self.lastHeard = now.uptime
        }

        /// The token that came with the handshake, or in a frame.
        package mutating func login(accessToken: String) -> FrameAction {
            let readings = AccessToken.readings(
                of: accessToken, order: self.configuration.tokenOrder, sources: self.configuration.sources
            )
            switch self.state {
            case .waiting:
                guard !readings.isEmpty else { return .refuseLogin }
                self.state = .authorizing
                return .authorize(readings)
            case .open(let identity):
                let own = readings.filter { $0.uid == identity.uid && $0.source == identity.source }
                guard !own.isEmpty else {
                    return .reject(.forbidden("a login is renewed with a token of the same uid and source"))
                }
                self.state = .renewing(identity)
                return .authorize(own)
            case .authorizing, .renewing, .closed:
                return .ignore
            }
        }

        /// A frame that is no login.
        package func frame(_ frame: ClientFrame) -> FrameAction {
            switch self.state {
            case .waiting:
                switch frame {
                case .life, .ping: .handle
                default: .refuseLogin
                }
            case .open: .handle
            case .authorizing, .renewing, .closed: .ignore
            }
        }

        /// A frame that cannot be read, or asks for what nobody may ask for.
        package func refused(_ error: FrameError) -> FrameAction {
            switch self.state {
            case .waiting: .refuseLogin
            case .open: .reject(error)
            case .authorizing, .renewing, .closed: .ignore
            }
        }

        /// The answer to a login.
        package mutating func answered(_ answer: LoginAnswer, now: Moment) -> LoginAction {
            switch (self.state, answer) {
            case (.authorizing, .accepted(let login, _)):
                let identity = Identity(
                    uid: login.uid, source: login.source, since: now.seconds, tokenHash: login.token.hashValue
                )
                self.state = .open(identity)
                return .open(identity)
            case (.renewing(let identity), .accepted(let login, _)):
                let renewed = Identity(
                    uid: identity.uid, source: identity.source, since: identity.since, tokenHash: login.token.hashValue
                )
                self.state = .open(renewed)
                return .renewed(renewed)
            case (.authorizing, .refused), (.renewing, .refused):
                return .refuse
            case (.renewing(let identity), .unavailable):
                // Sessions that are open go on while the store is away.
                self.state = .open(identity)
                return .unavailable
            case (.authorizing, .unavailable):
                return .unavailable
            case (.waiting, _), (.open, _), (.closed, _):
                return .ignore
            }
        }

        /// The deadline asked for has come, or has passed.
        package func deadlineReached(_ now: Moment) -> DeadlineAction {
            switch self.state {
            case .closed:
                return .stop
            case .waiting(let deadline) where now.uptime >= deadline:
                return .refuseLogin
            case .waiting(let deadline):
                return .wait(until: deadline)
            case .authorizing, .open, .renewing:
                let silence = now.uptime - self.lastHeard
                if silence >= self.configuration.idleTimeout { return .silent }
                if silence >= self.configuration.pingInterval {
                    // Not only at the end: where this ping is answered, the next one is due before that.
                    let end = self.lastHeard + self.configuration.idleTimeout
                    return .ping(until: min(end, now.uptime + self.configuration.pingInterval))
                }
                return .wait(until: self.lastHeard + self.configuration.pingInterval)
            }
        }

        /// The session is over.
        ///
        /// - Returns: who was logged in; nil where nobody was, or it was over already.
        package mutating func close() -> Identity? {
            defer { self.state = .closed }
            return self.identity
        }
    }
}
