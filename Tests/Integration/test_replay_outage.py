# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The archive cannot be read: the client is told, goes on live, and what it missed follows."""

import signal
import time

from support.case import unique
from support.replay_case import RedisMariaDBCase
from support.waiting import eventually

NOTICE = {"type": "history", "code": 503}


class ReplayOutage(RedisMariaDBCase):
    replay_settings = {"archive.replayLimit": 50}

    def missed(self, count=30, size=10):
        """A user who was here, and what came since."""
        uid = unique("bob")
        self.visit(uid)
        return uid, self.store(uid, ["x" * size] * count)

    def stall(self):
        self.mariadb.process.signal(signal.SIGSTOP)

    def go_on(self):
        self.mariadb.process.signal(signal.SIGCONT)

    def assert_told(self, chat, seconds=10.0):
        self.assert_has(chat.receive(seconds), **NOTICE)

    def test_a_stall_is_told_after_three_seconds_and_what_is_live_goes_on(self):
        alice = self.enter(unique("alice"))
        uid, ids = self.missed()
        self.stall()
        before = time.monotonic()
        bob = self.enter(uid)
        alice.message(uid, "held back")
        first = bob.receive()
        self.assertGreater(time.monotonic() - before, 2.5)
        self.assert_has(first, **NOTICE)
        self.assert_has(bob.receive(), state=1, content="held back")
        for number in range(5):
            alice.message(uid, number)
            self.assert_has(bob.receive(), state=1, content=number)
        self.go_on()
        self.assert_replayed(self.take(bob, len(ids), 30), ids)
        alice.message(uid, "live again")
        self.assert_has(bob.receive(), state=1, content="live again")

    def test_the_cursor_is_frozen_meanwhile(self):
        """Who leaves before the archive is back gets what was missed, and what came live, at the next login."""
        alice = self.enter(unique("alice"))
        uid, ids = self.missed()
        self.stall()
        bob = self.enter(uid)
        self.assert_told(bob)
        for number in range(5):
            alice.message(uid, number, client_id=f"c{number}")
        live = [frame["id"] for frame in self.take(bob, 5)]
        self.assertEqual(bob.rest(), [])
        bob.close()
        self.go_on()
        self.assertEqual([alice.receive(30)["code"] for _ in live], [200] * 5)
        self.assert_replayed(self.take(self.enter(uid), len(ids) + 5, 30), ids + live)

    def test_killed_before_the_login_and_started_again(self):
        uid, ids = self.missed()
        self.mariadb.kill()
        bob = self.enter(uid)
        self.assert_told(bob)
        self.mariadb.start()
        self.assert_replayed(self.take(bob, len(ids), 30), ids)
        self.assertEqual(self.rest_by_mark(bob, 30), [])

    def test_killed_in_the_middle_of_a_replay(self):
        uid, ids = self.missed(8000, 1000)
        bob = self.enter(uid)
        seen = [frame["id"] for frame in self.take(bob, 20)]
        self.mariadb.kill()
        told = False
        while (frame := bob.receive(20)).get("type") != "history":
            seen.append(frame["id"])
            if seen[-1] == ids[-1]:
                break
        else:
            told = True
        self.mariadb.start()
        if told:
            self.assert_has(frame, **NOTICE)
            while seen[-1] != ids[-1]:
                seen.append(bob.receive(30)["id"])
        self.assertEqual(seen, ids, "messages are missing, doubled or out of order")

    def test_terminals_that_were_never_here_are_served_when_it_is_back(self):
        uid = unique("bob")
        ids = self.store(uid, range(10))
        self.stall()
        bob = self.enter(uid)
        self.assert_told(bob)
        bob.close()
        bob = self.enter(uid)
        self.assert_told(bob)
        self.go_on()
        self.assert_replayed(self.take(bob, 10, 30), ids)

    def test_what_was_sent_while_the_terminal_and_the_archive_were_away(self):
        alice = self.enter(unique("alice"))
        uid, ids = self.missed()
        self.mariadb.kill()
        for number in range(50):
            alice.message(uid, number, client_id=f"c{number}")
        bob = self.enter(uid)
        self.assert_told(bob)
        self.mariadb.start()
        acks = [alice.receive(30)["id"] for _ in range(50)]
        frames = self.take(bob, len(ids) + 50, 30)
        self.assert_replayed(frames, ids + acks)

    def test_a_restart_of_the_server_meanwhile(self):
        alice = self.enter(unique("alice"))
        uid, ids = self.missed()
        self.mariadb.kill()
        for number in range(20):
            alice.message(uid, number)
        self.assertEqual(alice.rest(), [])
        self.assertEqual(self.server.stop(), 0)
        self.server.start(until_ready=False)
        bob = self.enter(uid)
        self.assert_told(bob)
        self.mariadb.start()
        eventually("the spool is in the archive", lambda: len(self.states(uid)) >= len(ids) + 20, 30)
        self.rest_by_mark(bob, 30)
        bob.close()
        frames = self.rest_by_mark(self.enter(uid, since=int(ids[0]) - 1), 30)
        got = [frame for frame in frames if frame["content"] != "mark"]
        self.assertEqual([frame["id"] for frame in got[:30]], ids)
        self.assertEqual([frame["content"] for frame in got[30:]], list(range(20)))
