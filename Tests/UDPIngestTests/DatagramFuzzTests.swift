// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import PushCore
import PushTesting
import Testing
import UDPIngest

@Suite("UDP: whatever a datagram holds")
struct DatagramFuzzTests {
    private static let commands: [String] = [
        DatagramFixture.message("1", #","request_id":"a","ack":"stored""#), DatagramFixture.message(to: #"["1",2]"#),
        DatagramFixture.command("toAll", #"{"uid_all":["1","2"],"content":"\u0000\ud83d"}"#),
        DatagramFixture.command("to_fd", #"{"to_fd":1,"content":[[]]}"#),
        DatagramFixture.command("to_fd_all", #"{"fd_all":[1,2,3],"content":1e400}"#),
        DatagramFixture.command("isOnLine", #"{"to_uid":["1","2","3"]}"#),
        DatagramFixture.command("kick", #"{"uid":"2","source":"app","message":"x"}"#),
        DatagramFixture.command("server_time", "{}"), #"{"sk":123456,"to_uid":1,"content":{"a":null},"time":"7"}"#,
        "[\(DatagramFixture.message()),\(DatagramFixture.message("2", #","reply":false"#)),{}]",
    ]

    @Test("random bytes of every length and mutated commands stop nothing, are no lever, and leave the port as it was")
    func fuzz() throws {
        let hub = HubFixture(archiving: .all, queueLimit: 1 << 30)
        try DatagramFixture.run(hub: hub, further: [ServerTime()]) { port in
            let client = hub.logIn("1")
            var length = 0
            try Fuzz.run("datagrams") { generator in
                length = (length + 1) % 1_500
                switch generator.below(4) {
                case 0: return generator.bytes(length)
                case 1: return generator.bytes(generator.below(64 * 1024))
                default: return generator.mutated(Array(generator.pick(Self.commands).utf8), atMost: 5)
                }
            } check: { datagram, generator in
                let refused = hub.shard().counters.datagramsRefused
                port.send(datagram, from: generator.once(in: 10) ? "192.0.2.9" : "127.0.0.1")
                hub.run()
                let replies = port.replies()
                try #require(replies.count <= 1)
                if let reply = replies.first {
                    try #require(reply.utf8.count < 8 * 1024)
                    let wasDone = reply.contains(#""code":20"#)
                    try #require(wasDone || reply.utf8.count <= datagram.count)
                    try #require(wasDone || hub.shard().counters.datagramsRefused > refused)
                }
                client.forget()
            }
            // What waits for the archive gets its answer; then it is as on the first day.
            hub.loops[0].advanceTime(by: .seconds(5))
            _ = port.replies()
            #expect(port.reply(to: DatagramFixture.message()).code == 200)
        }
    }
}
