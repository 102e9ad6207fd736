// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushCore
import PushProtocol
import PushTesting

/// A hub with an archive that keeps all, or what is unread.
func replayFixture(
    loops: Int = 1, archiving: ArchivePolicy = .all, chat: ChatConfiguration = ChatConfiguration(),
    queueLimit: Int = 16 * 1024 * 1024
) -> HubFixture {
    let fixture = HubFixture(
        loops: loops, chat: chat, archiving: archiving, queueLimit: queueLimit, hasHistory: true
    )
    fixture.history.removesDelivered = archiving == .unread
    fixture.archive()
    return fixture
}

extension HubFixture {
    /// A backend sends a message; it is archived.
    @discardableResult
    func push(_ content: String = "1", to uid: String = "u", on loop: Int = 0) -> String {
        let id = self.pushUnarchived(content, to: uid, on: loop)
        self.runAndArchive()
        return id
    }

    /// A backend sends a message, which waits for the archive.
    @discardableResult
    func pushUnarchived(_ content: String = "1", to uid: String = "u", on loop: Int = 0) -> String {
        let sending = self.send(content, Hub.Draft(sender: "0", recipients: .one(uid)), on: loop)
        return sending.receipt?.outcome.id.text ?? "refused"
    }

    /// A terminal logs in, and sees what comes then; the archive writes meanwhile, where it may.
    func enter(
        _ uid: String = "u", source: String = "app", usesAcks: Bool = false, since: String? = nil,
        deviceToken: String? = nil, on loop: Int = 0, archives: Bool = true
    ) -> RecordingTransport {
        let token = AccessToken(token: "secret", uid: uid, source: source)
        self.store.grant(token)
        let client = self.connect(
            ChatSession.Options(
                accessToken: token.encoded(order: .tokenFirst), deviceToken: deviceToken, usesAcks: usesAcks,
                since: since.flatMap { MessageID($0) }
            ),
            on: loop
        )
        if archives { self.runAndArchive() } else { self.run() }
        return client
    }

    /// The kept cursor of a terminal.
    func cursor(_ uid: String = "u", source: String = "app") -> String? {
        self.history.cursor(of: uid, source: source)?.text
    }

    /// Lets so much time go by that nothing is young any more.
    func settle() {
        self.advance(by: .seconds(7))
    }
}

extension RecordingTransport {
    /// The messages that came, as `id/state`; without logins and pings; everything else as it is.
    var messages: [String] {
        self.texts.compactMap { text in
            guard let members = try? FrameMembers(text) else { return text == "(ping)" ? nil : text }
            if members.type == "login" { return nil }
            guard let id = members.id, let state = members.state else { return text }
            return "\(id)/\(state)"
        }
    }

    /// The client acknowledges.
    func acknowledge(_ id: String) {
        self.receive(#"{"type":"ack","id":"\#(id)"}"#)
    }
}
