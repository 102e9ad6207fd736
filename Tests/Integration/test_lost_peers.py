# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""A peer that is gone and never said so: what was written to its socket has not arrived, and comes again."""

import fcntl
import json
import signal
import struct
import termios

from support.bystander import Bystander
from support.case import unique
from support.replay_case import EmbeddedCase, RedisMariaDBCase
from support.waiting import eventually
from support.wire import Wire


class Lost:
    replay_settings = {"websocket.pingInterval": "1s", "websocket.idleTimeout": "3s"}

    def bystander(self, uid):
        return self.enterContext(Bystander(self.server, self.token(uid)))

    def wait_for_cursors(self):
        """A cursor that has gone too far is in the archive by now."""
        self.visit(unique("other"))

    def test_stopped_and_then_killed(self):
        uid = unique("bob")
        self.visit(uid)
        client = self.bystander(uid)
        before = self.store(uid, range(5))
        eventually("it has read these", lambda: client.has(before))
        client.process.signal(signal.SIGSTOP)
        sessions = self.server.metrics()["push_chat_sessions"]
        # The kernel takes them, and nobody reads them.
        ids = self.store(uid, range(20))
        client.process.kill()
        eventually("the server knows", lambda: self.server.metrics()["push_chat_sessions"] < sessions)
        self.wait_for_cursors()
        got = [frame["id"] for frame in self.rest_by_mark(self.enter(uid))]
        self.assertEqual(got[-20:], ids)
        self.assertEqual(got, (before + ids)[-len(got) :])

    def test_stopped_until_the_server_gives_up(self):
        uid = unique("bob")
        self.visit(uid)
        client = self.bystander(uid)
        before = self.store(uid, range(5))
        eventually("it has read these", lambda: client.has(before))
        # It answers pings: the server has heard of it since.
        eventually("their cursor is kept", lambda: self.cursors(uid).get("app") == before[-1], 10)
        client.process.signal(signal.SIGSTOP)
        sessions = self.server.metrics()["push_chat_sessions"]
        ids = self.store(uid, range(20))
        eventually("the server has closed it", lambda: self.server.metrics()["push_chat_sessions"] < sessions, 15)
        self.wait_for_cursors()
        bob = self.enter(uid)
        self.assert_replayed(self.take(bob, 20), ids)
        self.assertEqual(self.rest_by_mark(bob), [])

    def test_what_it_missed_was_written_to_it_and_never_read(self):
        uid = unique("bob")
        self.visit(uid)
        ids = self.store(uid, range(20))
        with Wire(self.server) as wire:
            wire.upgrade(f"/?access_token={self.token(uid)}")
            eventually("all is written", lambda: self.unread_bytes(wire) > 20 * 100)
            sessions = self.server.metrics()["push_chat_sessions"]
            wire.reset()
        eventually("the server knows", lambda: self.server.metrics()["push_chat_sessions"] < sessions)
        self.wait_for_cursors()
        bob = self.enter(uid)
        self.assertEqual([frame["id"] for frame in self.rest_by_mark(bob)], ids)

    def test_gone_in_the_middle_of_traffic(self):
        """A write finds out before a read does that the peer is gone, or the peer's end crosses what is being sent."""
        uid = unique("bob")
        self.visit(uid)
        alice = self.enter(unique("alice"))
        for number in range(16):
            with Wire(self.server) as wire:
                wire.upgrade(f"/?access_token={self.token(uid)}")
                for each in range(150):
                    alice.message(uid, "x" * 2000, client_id=f"{number}-{each}")
                read = [json.loads(wire.read_frame()[1]) for _ in range(20)]
                (wire.reset, wire.socket.close)[number % 2]()
            ids = [alice.receive()["id"] for _ in range(150)]
            seen = {frame["id"] for frame in read if "id" in frame}
            bob = self.enter(uid)
            seen |= {frame["id"] for frame in self.rest_by_mark(bob)}
            self.assertEqual([id for id in ids if id not in seen], [], f"round {number}")
            self.leave(bob)

    def unread_bytes(self, wire):
        """What the kernel holds, and what came in one piece with the answer to the handshake."""
        return wire.unparsed + struct.unpack("i", fcntl.ioctl(wire.socket, termios.FIONREAD, b"1234"))[0]

    def test_stopped_and_replaced_by_itself(self):
        """The laptop has slept, and comes back before the server has noticed."""
        uid = unique("bob")
        self.visit(uid)
        client = self.bystander(uid)
        client.process.signal(signal.SIGSTOP)
        ids = self.store(uid, range(20))
        bob = self.enter(uid)
        self.assert_replayed(self.take(bob, 20), ids)
        self.assertEqual(self.rest_by_mark(bob), [])

    def test_read_and_killed(self):
        """What was read may come again, but what was read and answered for does not."""
        uid = unique("bob")
        self.visit(uid)
        client = self.bystander(uid)
        old = self.store(uid, range(5))
        eventually("their cursor is kept", lambda: self.cursors(uid).get("app") == old[-1], 10)
        client.process.kill()
        later = self.store(uid, ["later"])
        bob = self.enter(uid)
        self.assert_replayed(self.take(bob, 1), later)


class LostEmbedded(Lost, EmbeddedCase):
    pass


class LostRedisMariaDB(Lost, RedisMariaDBCase):
    pass
