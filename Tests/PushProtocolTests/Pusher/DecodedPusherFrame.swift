// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol

/// A decoded frame of a channels client as plain values that outlive its text.
enum DecodedPusherFrame: Equatable, Sendable {
    case ping, pong
    case subscribe(String, auth: String?, channelData: String?)
    case unsubscribe(String)
    case signin(auth: String, userData: String)
    case event(name: String, channel: String, data: String)
    case refused(String)

    init(_ text: String, scanner: JSONScanner = JSONScanner()) {
        self.init(Array(text.utf8), scanner: scanner)
    }

    init(_ bytes: [UInt8], scanner: JSONScanner = JSONScanner()) {
        self = withText(bytes) { memory in
            do throws(PusherClientFrame.Refusal) {
                switch try PusherClientFrame.decode(memory, scanner: scanner) {
                case .ping: return .ping
                case .pong: return .pong
                case .subscribe(let channel, let auth, let channelData):
                    return .subscribe(channel, auth: auth, channelData: channelData)
                case .unsubscribe(let channel): return .unsubscribe(channel)
                case .signin(let auth, let userData): return .signin(auth: auth, userData: userData)
                case .event(let name, let channel, let data):
                    return .event(
                        name: String(decoding: name, as: UTF8.self), channel: channel,
                        data: String(decoding: data, as: UTF8.self)
                    )
                }
            } catch {
                return .refused(error.message)
            }
        }
    }
}
