# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The end of a server, by SIGTERM or without warning, and what the next one finds."""

import os
import signal
import sqlite3
import time

from support import http
from support.archive_case import ArchiveCase
from support.case import ServerCase, unique
from support.chat import Chat
from support.waiting import eventually
from support.wire import Wire

FAR_AHEAD = 4_102_444_800_000 << 20  # An id of the year 2100.


class Restart(ServerCase):
    settings = {"limits.messagesPerSecond": 0, "limits.recipientsPerSecond": 0}

    def insert(self, message_id):
        path = os.path.join(self.server.data, "push-server.sqlite")
        with sqlite3.connect(path) as database:
            database.execute("INSERT INTO chat VALUES (?, 'a', 'b', 'chat', '1', 0, 1, 1)", (message_id,))
        database.close()

    def send(self, chat, uid, count):
        """Sends messages that ask for acks, and gives the ids of those acknowledged until the connection ended."""
        for number in range(count):
            chat.message(uid, number, client_id=f"c{number}")
        return [int(chat.receive()["id"]) for _ in range(count)]

    def test_kill_9_loses_nothing_that_was_acknowledged(self):
        alice, uid = self.connect(unique("alice")), unique("bob")
        ids = self.send(alice, uid, 500)
        self.server.kill()
        self.server.start()
        self.assertEqual([row["id"] for row in self.server.rows("to_uid = ?", uid)], ids)
        again = self.connect(alice.uid)
        later = self.send(again, uid, 10)
        self.assertGreater(min(later), max(ids))

    def test_ids_are_above_the_newest_stored_whatever_the_clock_says(self):
        uid = self.connect(unique("alice")).uid
        self.server.stop()
        self.insert(FAR_AHEAD)
        self.server.start()
        self.addCleanup(self.forget)
        first, *rest = self.send(self.connect(uid), unique("bob"), 3)
        self.assertGreater(first, FAR_AHEAD)
        self.assertEqual(sorted(rest), rest)

    def forget(self):
        self.server.stop()
        with sqlite3.connect(os.path.join(self.server.data, "push-server.sqlite")) as database:
            database.execute("DELETE FROM chat")
        database.close()
        self.server.start()

    def test_kill_9_under_traffic_over_and_over(self):
        uid, sender = unique("bob"), unique("alice")
        token, acknowledged = self.server.issue(sender), []
        for round in range(4):
            alice = self.open(token).expect_login()
            for number in range(300):
                alice.message(uid, number, client_id=f"{round}-{number}")
            acknowledged += [int(alice.receive()["id"]) for _ in range(20)]
            self.server.kill()
            acknowledged += [int(frame["id"]) for frame in alice.until_closed()[0]]
            self.server.start()
        self.assertEqual(sorted(set(acknowledged)), acknowledged)
        stored = [row["id"] for row in self.server.rows("to_uid = ?", uid)]
        self.assertEqual(set(acknowledged) - set(stored), set())
        self.assertEqual(len(stored), len(set(stored)))

    def test_sigterm_says_come_back_now_and_ends_0(self):
        chats = [self.connect(unique("u")) for _ in range(20)]
        self.server.process.signal(signal.SIGTERM)
        self.assertEqual({(chat.until_closed()[1]) for chat in chats}, {4200})
        self.assertEqual(self.server.process.wait(20), 0, self.server.log[-2000:])
        self.assertIn("stopped", self.server.log.splitlines()[-1])
        self.server.start()

    def test_sigint_ends_it_as_well_and_sighup_does_not(self):
        chat = self.connect(unique("u"))
        self.server.process.signal(signal.SIGHUP)
        eventually("the configuration is read again", lambda: "reload" in self.server.log)
        self.assertEqual(chat.ask({"type": "ping"})["type"], "pong")
        self.server.process.signal(signal.SIGINT)
        self.assertEqual(chat.until_closed()[1], 4200)
        self.assertEqual(self.server.process.wait(20), 0)
        self.server.start()

    def test_sigterm_is_not_held_up(self):
        """By a client that does not answer the close, one that never spoke, and an idle HTTP connection."""
        deaf, mute = self.enterContext(Wire(self.server)), self.enterContext(Wire(self.server))
        deaf.upgrade(f"/?access_token={self.server.issue(unique('u'))}")
        idle = self.enterContext(Wire(self.server))
        idle.send(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertIn("200", idle.head())
        before = time.monotonic()
        self.assertEqual(self.server.stop(20), 0, self.server.log[-2000:])
        self.assertLess(time.monotonic() - before, 10, "the drain timeout is 10 s")
        self.assertIsNotNone(mute)
        self.server.start()

    def test_port_is_free_at_once(self):
        for _ in range(3):
            self.connect(unique("u"))
            self.server.stop()
            self.server.start()

    def test_health_says_what_the_process_is(self):
        self.assertEqual(http.get(self.server.ws_port, "/health/live").status, 200)
        status, parts = self.server.readiness()
        self.assertEqual((status, parts), (200, {"status": "ready", "sessions": "ok", "archive": "ok", "webhooks": "ok"}))


class WithMariaDB(ArchiveCase):
    def test_kill_9_loses_nothing_that_was_acknowledged(self):
        uid, sender = unique("bob"), unique("alice")
        token, acknowledged = self.server.issue(sender), []
        for round in range(3):
            alice = self.enterContext(Chat(self.server, token)).expect_login()
            for number in range(500):
                alice.message(uid, number, client_id=f"{round}-{number}")
            acknowledged += [int(alice.receive()["id"]) for _ in range(50)]
            self.server.kill()
            acknowledged += [int(frame["id"]) for frame in alice.until_closed()[0]]
            self.server.start()
        self.assertEqual(sorted(set(acknowledged)), acknowledged, "ids do not grow")
        stored = [row["id"] for row in self.rows(f"to_uid = '{uid}'")]
        self.assertEqual(set(acknowledged) - set(stored), set())
        self.assertEqual(len(stored), len(set(stored)))

    def test_ids_are_above_the_newest_stored_whatever_the_clock_says(self):
        uid = unique("alice")
        self.server.stop()
        self.mariadb.query(f"INSERT INTO chat VALUES ({FAR_AHEAD}, 'a', 'b', 'chat', '1', 0, 1, 1)", self.database)
        self.server.start()
        alice = self.connect(uid)

        def is_above():
            ack = alice.ask({"to_uid": "bob", "content": 1, "client_id": unique("c")})
            return int(ack["id"]) > FAR_AHEAD

        eventually("ids are above the newest stored", is_above, 5)
        self.mariadb.query("DELETE FROM chat", self.database)


class Node(ServerCase):
    settings = {"server.node": 513}

    def test_ids_hold_the_number_of_the_node(self):
        replies = [self.backend().ask("to_uid", {"to_uid": "x", "content": 1}) for _ in range(3)]
        self.assertEqual({int(reply["id"]) >> 10 & 1023 for reply in replies}, {513})
