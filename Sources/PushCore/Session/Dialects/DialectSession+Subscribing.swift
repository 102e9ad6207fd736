// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import PushProtocol

/// How a client of an older dialect comes into channels: with the words of its server, and the signatures of its
/// backend.
extension DialectSession {
    func subscribe(
        to text: String, auth: String?, channelData: DialectClientFrame.ChannelData?
    ) throws(DialectRefusal) {
        guard let channel = ChannelName(text, dialect: self.session.app.settings.value.dialect) else {
            throw .badChannel
        }
        let member = try self.member(of: channel, auth: auth, channelData: channelData)
        self.session.enter(channel, as: member)
    }

    /// Whether the client may subscribe, and as whom.
    private func member(
        of channel: ChannelName, auth: String?, channelData: DialectClientFrame.ChannelData?
    ) throws(DialectRefusal) -> PresenceMember? {
        guard let auth, channel.needsSignature else {
            // Who is known by a login may need no signature.
            if case .success(let member) = self.session.authorize(channel, auth: nil, channelData: nil) {
                return member
            }
            if channel.kind == .presence, channelData == nil { throw .noChannelData }
            throw .invalidAuth(auth ?? "")
        }
        guard channel.kind == .presence else {
            // Its clients send along what their endpoint has answered, whether it has signed that or not.
            if self.accepts(auth, for: channel, channelData: nil) { return nil }
            if let channelData, PHPJSON.sorted(channelData.signed, scanner: self.session.shard.scanner) != nil,
                self.accepts(auth, for: channel, channelData: channelData.signed)
            {
                return nil
            }
            throw .invalidAuth(auth)
        }
        guard let channelData else { throw .noChannelData }
        guard self.accepts(auth, for: channel, channelData: channelData.signed) else { throw .invalidAuth(auth) }
        return try PresenceMember(channelData, scanner: self.session.shard.scanner)
    }

    private func accepts(_ auth: String, for channel: ChannelName, channelData: String?) -> Bool {
        let settings = self.session.app.settings.value
        return ChannelAuthorization.accepts(
            auth: auth, key: settings.key, secret: PusherSecret(settings.secret),
            socketID: self.session.socketID.text, channel: channel.text, channelData: channelData
        )
    }
}
