// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Writes one of Pusher's frames as a frame of a dialect: which members, in which order, and what their `data` is
/// (docs/protocol-pusher.md, "Dialects").
struct DialectFrameWriter {
    let dialect: Dialect
    let scanner: JSONScanner

    /// The members of a frame, as they stand in its text.
    struct Frame {
        let event: UnsafeRawBufferPointer
        let channel: UnsafeRawBufferPointer?
        let data: UnsafeRawBufferPointer
        let isString: Bool
    }

    /// The text of the frame in the dialect; nil where it stays as it is.
    func write(_ payload: ByteBuffer) -> ByteBuffer? {
        payload.withUnsafeReadableBytes { text in
            guard (try? self.scanner.scan(text)) != nil, let event = self.scanner.members.value(.event),
                let data = self.scanner.members.value(.data)
            else { return nil }
            let channel = self.scanner.members.value(.channel)
            let frame = Frame(
                event: UnsafeRawBufferPointer(rebasing: text[event.range]),
                channel: channel.map { UnsafeRawBufferPointer(rebasing: text[$0.range]) },
                data: UnsafeRawBufferPointer(rebasing: text[data.range]), isString: data.kind == .string
            )
            let name = frame.event.dropFirst().dropLast()
            if name.starts(with: "pusher:".utf8) || name.starts(with: "pusher_internal:".utf8) {
                return self.writeReserved(frame, String(decoding: name, as: UTF8.self))
            }
            // A backend may name its events as clients do.
            let isClients = channel.map { $0.range.lowerBound > data.range.lowerBound } ?? false
            return self.writeEvent(frame, isClients: isClients)
        }
    }

    /// An event of a client's or a backend's.
    private func writeEvent(_ frame: Frame, isClients: Bool) -> ByteBuffer? {
        let becomesString =
            switch self.dialect {
            case .pusher: !isClients && !frame.isString
            // Its clients parse the data of every event; a backend's string is one that they can parse.
            case .webmanPush: isClients || !frame.isString
            case .workbunny2, .workbunny3: false
            }
        guard becomesString else { return self.dialect == .pusher ? nil : self.copy(frame) }
        return self.assemble(frame) { $0.writeJSONString(ByteBuffer(bytes: frame.data)) }
    }

    // MARK: - Assembling

    /// The same members in the dialect's order.
    func copy(_ frame: Frame) -> ByteBuffer {
        self.assemble(frame) { $0.writeBytes(frame.data) }
    }

    /// A frame with the event and the channel of another one.
    func assemble(_ frame: Frame, _ data: (inout ByteBuffer) -> Void) -> ByteBuffer {
        let capacity = 48 + frame.event.count + (frame.channel?.count ?? 0) + frame.data.count * 9 / 8
        return self.assemble(event: frame.event, channel: frame.channel, capacity: capacity, data)
    }

    /// A frame that is about no channel.
    func assemble(event: StaticString, _ data: (inout ByteBuffer) -> Void) -> ByteBuffer {
        let event = UnsafeRawBufferPointer(start: event.utf8Start, count: event.utf8CodeUnitCount)
        return self.assemble(event: event, channel: nil, capacity: 160, data)
    }

    private func assemble(
        event: UnsafeRawBufferPointer, channel: UnsafeRawBufferPointer?, capacity: Int,
        _ data: (inout ByteBuffer) -> Void
    ) -> ByteBuffer {
        var text = ByteBufferAllocator().buffer(capacity: capacity)
        // Each server has the channel in a place of its own.
        text.writeStaticString("{")
        if let channel, self.dialect.isWorkbunny {
            text.writeStaticString(#""channel":"#)
            text.writeBytes(channel)
            text.writeStaticString(",")
        }
        text.writeStaticString(#""event":"#)
        text.writeBytes(event)
        if let channel, self.dialect == .pusher {
            text.writeStaticString(#","channel":"#)
            text.writeBytes(channel)
        }
        text.writeStaticString(#","data":"#)
        data(&text)
        if let channel, self.dialect == .webmanPush {
            text.writeStaticString(#","channel":"#)
            text.writeBytes(channel)
        }
        text.writeStaticString("}")
        return text
    }
}
