// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension ChannelsClient: LinkOwner {
    static let ping = #"{"event":"pusher:ping","data":{}}"#

    func nextTarget() -> WebSocketTarget {
        if self.isRunning { self.state = .connecting }
        return self.target
    }

    func opened(_ link: WebSocketLink) {
        guard self.isRunning else { return }
        self.link = link
        self.announcedEnd = nil
    }

    func received(_ text: [UInt8]) async throws {
        guard self.isRunning, let link = self.link else { return }
        guard let frame = JSONValue(text)?.object, let event = frame["event"]?.string else {
            return self.noticeObservers.tell(.error(code: nil, message: "the server sent a frame that makes no sense"))
        }
        if event == "pusher:ping" { return try await link.send(#"{"event":"pusher:pong","data":{}}"#).value() }
        self.handle(event, frame, link)
    }

    func closed(_ end: LinkEnd) -> LinkEnd {
        guard self.isRunning else { return end }
        self.connectionIsGone()
        guard end.code == nil, let announced = self.announcedEnd else { return end }
        return announced
    }

    func waits(_ delay: Duration, after error: PushClientError) {
        guard self.isRunning else { return }
        self.state = .waiting(error, retry: delay)
    }

    func gaveUp(_ error: PushClientError) {
        guard self.isRunning else { return }
        self.runEnded()
        self.end(error)
        self.state = error.code == .refused ? .refused(error) : .disconnected
    }
}
