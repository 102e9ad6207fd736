// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOCore
internal import PushCore
internal import PushProtocol
internal import RedisClient

/// An event as an entry of a stream: the fields that workbunny's server writes and its hook-server reads.
enum StreamEntry {
    /// The fields of an event, with their values.
    static func fields(of event: WebhookEvent, appKey: String) -> [RedisCommand.Argument] {
        [
            "name", .string(event.name.rawValue), "data", .buffer(WorkbunnyWebhook.data(of: event, appKey: appKey)),
            "time", .string(WorkbunnyWebhook.time(of: event)),
        ]
    }

    /// What an entry is.
    enum Content: Equatable {
        case event(WebhookEvent)
        /// An event of an app that this server does not know; another may.
        case unknownApp
        /// Something else, or an event that nobody can send.
        case foreign
    }

    /// Reads the fields of an entry.
    ///
    /// - Parameter app: the id of the app of a key.
    static func read(_ fields: [RedisValue], scanner: JSONScanner, app: (String) -> String?) -> Content {
        var values: [String: ByteBuffer] = [:]
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            if let name = fields[index].text { values[name] = fields[index + 1].buffer }
        }
        guard let name = values["name"].flatMap({ AppEvent.Name(rawValue: String(buffer: $0)) }),
            let data = values["data"], let text = String(validating: data.readableBytesView, as: UTF8.self)
        else { return .foreign }
        let bytes = ByteBuffer(string: text)
        return bytes.withUnsafeReadableBytes { Self.read(name, $0, scanner, app) }
    }

    private static func read(
        _ name: AppEvent.Name, _ text: UnsafeRawBufferPointer, _ scanner: JSONScanner, _ app: (String) -> String?
    ) -> Content {
        guard let value = try? scanner.scan(text), value.kind == .object else { return .foreign }
        let members = scanner.members
        func raw(_ name: MemberName) -> String? {
            members.value(name).map {
                String(decoding: UnsafeRawBufferPointer(rebasing: text[$0.range]), as: UTF8.self)
            }
        }
        guard let key = members.string(MemberName("app_key"), in: text), let id = members.string(.id, in: text),
            1...64 ~= id.utf8.count, id.utf8.allSatisfy(Self.isOfID)
        else { return .foreign }
        let seconds = raw(MemberName("time_ms")).flatMap { Double($0) } ?? 0
        guard 0..<1e12 ~= seconds else { return .foreign }
        guard let app = app(key) else { return .unknownApp }
        let event = WebhookEvent(
            id: id, app: app, name: name, milliseconds: Int64((seconds * 1000).rounded()),
            channel: members.string(.channel, in: text), user: members.string(.userID, in: text),
            socketID: members.string(MemberName("socket_id"), in: text), event: raw(.event),
            data: name == .memberAdded ? raw(MemberName("user_info")) : raw(.data),
            count: members.value(MemberName("subscription_count")).flatMap { JSONText.integer($0, in: text) }
                .map { Int($0) }
        )
        return .event(event)
    }

    private static func isOfID(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
