# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Peers that never read are closed, and cost bounded memory."""

import time

from support.case import ServerCase, unique
from support.waiting import eventually
from support.wire import Wire, frame

PATIENCE = 2.0
MEBIBYTE = 1024 * 1024


class NeverReading(ServerCase):
    settings = {"limits.messagesPerSecond": 0, "limits.recipientsPerSecond": 0, "storage.archive": "off"}

    def test_stuck_readers_are_closed_and_cost_bounded_memory(self):
        healthy = self.connect(unique("healthy"))
        token_of = {uid: self.server.issue(uid) for uid in (unique("stuck") for _ in range(40))}
        stuck = []
        for uid, token in token_of.items():
            wire = self.enterContext(Wire(self.server, receive_buffer=4096))
            stuck.append(wire.upgrade(f"/?access_token={token}"))
        udp = self.backend()
        closed = self.server.metrics()["push_ws_slow_consumers_closed_total"]
        eventually("all are logged in", lambda: self.server.metrics()["push_chat_sessions"] >= len(stuck) + 1)
        before = peak = self.server.process.resident_bytes
        content = "x" * 50_000
        # Much more than the kernel's socket buffers take, and each message another: 2 GB if nobody stopped it.
        for _ in range(1000):
            for uid in token_of:
                udp.send(udp.command("to_uid", {"to_uid": uid, "content": content}, reply=False))
            peak = max(peak, self.server.process.resident_bytes)
            started = time.monotonic()
            healthy.message(healthy.uid, "round trip")
            self.assertEqual(healthy.receive()["content"], "round trip")
            self.assertLess(time.monotonic() - started, PATIENCE)
            if self.server.metrics()["push_ws_slow_consumers_closed_total"] >= closed + len(stuck):
                break
        self.assertEqual(self.server.metrics()["push_ws_slow_consumers_closed_total"], closed + len(stuck))
        self.assertEqual(self.server.metrics()["push_chat_sessions"], 1)
        # Each may have 256 KiB unsent, and a frame more.
        self.assertLess(peak - before, len(stuck) * 400 * 1024 + 40 * MEBIBYTE)
        self.assertEqual(healthy.rest(), [])

    def test_a_stuck_reader_of_echoes_is_closed(self):
        """What it is sent is its own doing: pongs."""
        with Wire(self.server, receive_buffer=4096) as wire:
            wire.upgrade(f"/?access_token={self.server.issue(unique('stuck'))}")
            wire.socket.settimeout(20)
            ping = frame(9, b"x" * 125) * 500
            with self.assertRaises(OSError):
                for _ in range(2000):
                    wire.send(ping)
