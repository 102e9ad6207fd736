// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// When a client of channels is pinged, and when it is given up (Pusher Channels protocol, "Ping and Pong Messages"): only
/// what comes in counts. Pure.
struct PusherHeartbeat {
    /// What to do when a deadline comes.
    enum Action: Equatable {
        /// Look again then.
        case wait(until: Int64)
        /// Send a ping, look again then.
        case ping(until: Int64)
        /// It has not answered.
        case silent
        /// It had to sign in, and did not.
        case notSignedIn
    }

    private var lastHeard: Int64
    /// When it was pinged last; nil once it has been heard since.
    private var pinged: Int64?
    /// Until when it has to sign in; nil where it has, or need not.
    private var signinDeadline: Int64?

    init(now: Moment, signinTimeout: Int64?) {
        self.lastHeard = now.uptime
        self.signinDeadline = signinTimeout.map { now.uptime + $0 }
    }

    /// Bytes came.
    mutating func heard(_ now: Moment) {
        self.lastHeard = now.uptime
        self.pinged = nil
    }

    mutating func signedIn() {
        self.signinDeadline = nil
    }

    /// When to look for the first time.
    func firstDeadline(_ channels: ChannelConfiguration) -> Int64 {
        min(self.lastHeard + channels.activityTimeout, self.signinDeadline ?? .max)
    }

    mutating func deadlineReached(_ now: Moment, _ channels: ChannelConfiguration) -> Action {
        if let signinDeadline, now.uptime >= signinDeadline { return .notSignedIn }
        func look(_ time: Int64) -> Int64 { min(time, self.signinDeadline ?? .max) }
        if let pinged {
            let deadline = pinged + channels.pongTimeout
            return now.uptime >= deadline ? .silent : .wait(until: look(deadline))
        }
        let due = self.lastHeard + channels.activityTimeout
        guard now.uptime >= due else { return .wait(until: look(due)) }
        self.pinged = now.uptime
        return .ping(until: look(now.uptime + channels.pongTimeout))
    }
}
