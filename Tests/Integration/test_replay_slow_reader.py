# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""A terminal that reads slowly gets all that it missed: the replay waits for its socket and costs little."""

import json

from support.case import unique
from support.replay_case import EmbeddedCase, RedisMariaDBCase
from support.waiting import eventually
from support.wire import PING, TEXT, Wire

MEBIBYTE = 1024 * 1024


class SlowReader:
    def assert_all_arrive(self, count, size):
        uid = unique("bob")
        self.visit(uid)
        ids = self.store(uid, ("x" * size for _ in range(count)))
        slow_closed = self.server.metrics()["push_ws_slow_consumers_closed_total"]
        before = peak = self.server.process.resident_bytes
        with Wire(self.server, receive_buffer=8192, seconds=30) as wire:
            wire.upgrade(f"/?access_token={self.token(uid)}")
            self.assertEqual(json.loads(wire.read_frame()[1])["type"], "login")
            got = []
            while len(got) < count:
                opcode, payload = self.read_frame(wire)
                self.assertEqual(opcode, TEXT)
                frame = json.loads(payload)
                self.assertEqual((frame["state"], len(frame["content"])), (0, size))
                got.append(frame["id"])
                if len(got) % (count // 20) == 1:
                    # Meanwhile the server is told nothing, and must not go on reading pages.
                    self.assertEqual(self.server.readiness()[0], 200)
                    peak = max(peak, self.server.process.resident_bytes)
            self.assertEqual(got, ids)
            live = self.store(uid, ["live"])
            self.assertEqual([json.loads(self.read_frame(wire)[1])["id"]], live)
        self.assertEqual(self.server.metrics()["push_ws_slow_consumers_closed_total"], slow_closed)
        self.assertLess(peak - before, 32 * MEBIBYTE)

    def read_frame(self, wire):
        """A frame, read a little at a time. Pings are left unanswered."""
        while True:
            while (parsed := wire._parse()) is None:
                wire._received += wire.socket.recv(16384)
            if parsed[0] != PING:
                return parsed

    def store(self, uid, contents, **options):
        return super().store(uid, list(contents), **options)

    def test_ten_thousand_of_1_kb(self):
        self.assert_all_arrive(10_000, 1000)

    def test_five_hundred_of_60_kb(self):
        self.assert_all_arrive(500, 60_000)

    def test_one_that_stands_still_for_a_while(self):
        """And holds up nobody: the server reads no more of the archive than fits."""
        uid = unique("bob")
        self.visit(uid)
        ids = self.store(uid, ["x" * 60_000] * 200)
        before = self.server.process.resident_bytes
        with Wire(self.server, receive_buffer=8192, seconds=30) as wire:
            wire.upgrade(f"/?access_token={self.token(uid)}")
            alice, carol = self.enter(unique("alice")), self.enter(unique("carol"))
            for number in range(200):
                alice.message(carol.uid, number)
                self.assertEqual(carol.receive()["content"], number)
            live = self.store(uid, ["live"] * 300)
            eventually("the server is still ready", lambda: self.server.readiness()[0] == 200)
            self.assertLess(self.server.process.resident_bytes - before, 32 * MEBIBYTE)
            self.assertEqual(json.loads(wire.read_frame()[1])["type"], "login")
            got = [json.loads(self.read_frame(wire)[1])["id"] for _ in range(len(ids) + len(live))]
            self.assertEqual(got, ids + live)


class SlowReaderEmbedded(SlowReader, EmbeddedCase):
    pass


class SlowReaderRedisMariaDB(SlowReader, RedisMariaDBCase):
    pass
