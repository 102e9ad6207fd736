# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""MariaDB goes away and comes back: the server goes on, and nothing that was acknowledged is missing."""

import signal
import threading
from collections import Counter

from support import http
from support.archive_case import OutageCase
from support.case import unique
from support.server import SERVER_KEY, PushServer
from support.waiting import eventually


class Outage(OutageCase):
    def test_away_at_the_start(self):
        self.mariadb.kill()
        name, url = self.database, self.settings["mariadb.url"]
        server = PushServer({"storage.archive": "mariadb", "mariadb.url": url})
        self.addCleanup(server.remove)
        server.start(until_ready=False)
        status, parts = server.readiness()
        self.assertEqual((status, parts["sessions"]), (503, "ok"))
        self.assertNotEqual(parts["archive"], "ok")
        self.assertNotIn("integration", str(parts) + server.log, "the password is shown")
        alice, bob = self.connect("alice", server=server), self.connect("bob", server=server)
        for chat in (alice, bob):
            self.assert_has(chat.receive(), type="history", code=503)
        alice.message("bob", "first")
        alice.message("bob", "second", client_id="c")
        self.assertEqual([bob.receive()["content"] for _ in range(2)], ["first", "second"])
        self.assertEqual(alice.rest(), [], "acknowledged before it was safe")
        self.mariadb.start()
        ack = alice.receive(30)
        self.assert_has(ack, type="ack", code=200, client_id="c")
        rows = self.mariadb.rows(name, "uid = 'alice'")
        self.assertEqual([row["content"] for row in rows], ['"first"', '"second"'])
        eventually("the server says that it is ready", lambda: self.is_ready(server), 10)

    def test_killed_and_restarted_under_traffic(self):
        alice = self.connect_live(unique("alice"))
        sender = alice.uid
        acks, stop, sent = [], threading.Event(), []

        def send():
            while not stop.wait(0.001):
                alice.message(unique("bob"), len(sent), client_id=f"c{len(sent)}")
                sent.append(len(sent))

        def take_acks():
            acks.extend(frame for frame in alice.rest() if frame["type"] == "ack")

        thread = threading.Thread(target=send)
        thread.start()
        try:
            for round in range(2):
                take_acks()
                goal = len(acks) + 200
                while len(acks) < goal:
                    acks.append(alice.receive(30))
                self.mariadb.kill()
                take_acks()
                eventually("the server knows", lambda: not self.is_ready())
                take_acks()
                before, count = len(acks), len(sent)
                eventually("messages go on", lambda: len(sent) > count + 100)
                take_acks()
                self.assertEqual(len(acks), before, "acknowledged while the archive was away")
                self.mariadb.start()
                acks.append(alice.receive(30))
        finally:
            stop.set()
            thread.join()
        while len(acks) < len(sent):
            acks.append(alice.receive(30))
        self.assertEqual({ack.get("code") for ack in acks}, {200})
        self.assertEqual(Counter(ack["client_id"] for ack in acks), Counter(f"c{number}" for number in sent))
        stored = {row["id"]: row["content"] for row in self.rows(f"uid = '{sender}'")}
        self.assertEqual(len(stored), self.count(f"uid = '{sender}'"))
        self.assertEqual(stored, {int(ack["id"]): ack["client_id"][1:] for ack in acks})
        self.assertTrue(self.is_ready())

    def test_one_that_hangs_is_late_and_nothing_is_lost_or_doubled(self):
        alice, bob = self.connect_live(unique("alice")), self.connect_live(unique("bob"))
        sender, uid = alice.uid, bob.uid
        self.mariadb.process.signal(signal.SIGSTOP)
        for number in range(300):
            alice.message(uid, number, client_id=f"c{number}")
        self.assertEqual([bob.receive()["content"] for _ in range(300)], list(range(300)))
        self.assertEqual(alice.rest(), [])
        self.mariadb.process.signal(signal.SIGCONT)
        self.assertEqual({alice.receive(60)["code"] for _ in range(300)}, {200})
        self.assertEqual([row["content"] for row in self.rows(f"uid = '{sender}'")], [str(n) for n in range(300)])

    def test_stored_by_udp_and_http_is_202_when_it_takes_too_long(self):
        self.mariadb.kill()
        uid, reply = unique("bob"), {}

        def ask():
            reply.update(self.backend().ask("to_uid", {"to_uid": uid, "content": 1}, ack="stored", seconds=20))

        thread = threading.Thread(target=ask)
        thread.start()
        answer = http.post(
            self.server.http_port, "/chat/send", {"to_uid": uid, "content": 2, "ack": "stored"},
            headers=http.bearer(SERVER_KEY), seconds=20,
        )
        thread.join()
        self.assertEqual((answer.status, answer.json["code"], reply["code"]), (202, 202, 202))
        ids = {int(answer.json["data"]["id"]), int(reply["id"])}
        self.mariadb.start()
        eventually("both rows are there", lambda: {row["id"] for row in self.rows(f"to_uid = '{uid}'")} == ids, 30)

    def test_a_resend_meanwhile_joins_the_wait(self):
        uid, recipient = unique("alice"), unique("bob")
        app, pc = self.connect_live(uid, "app", "pc")
        self.mariadb.kill()
        for chat in (app, app, pc):
            chat.message(recipient, "once", client_id="c")
        self.assertEqual(app.rest() + pc.rest(), [])
        self.mariadb.start()
        acks = [app.receive(30), app.receive(), pc.receive()]
        self.assertEqual({(ack["type"], ack["id"]) for ack in acks}, {("ack", acks[0]["id"])})
        self.assertEqual([row["content"] for row in self.rows(f"uid = '{uid}'")], ['"once"'])

    def test_more_than_one_packet_of_messages_waiting(self):
        """30 MB, where MariaDB takes 16 MiB at a time at most."""
        alice, uid = self.connect(unique("alice")), unique("bob")
        self.mariadb.kill()
        for number in range(500):
            alice.message(uid, f"{number} " + "x" * 60_000)
        alice.rest()
        self.mariadb.start()
        eventually("all of them are written", lambda: self.count(f"to_uid = '{uid}'") == 500, 60)
        numbers = self.mariadb.query(
            f"SELECT SUBSTRING_INDEX(SUBSTRING(content, 2), ' ', 1) FROM chat WHERE to_uid = '{uid}' ORDER BY id",
            self.database,
        )
        self.assertEqual([int(number) for number, in numbers], list(range(500)))
        self.assertEqual(self.server.metrics()["push_archive_lost_total"], 0)

    def test_a_killed_connection_and_a_dropped_table_are_only_late(self):
        alice, uid = self.connect_live(unique("alice")), unique("bob")
        self.assert_has(alice.ask({"to_uid": uid, "content": 0, "client_id": "0"}), type="ack")
        for connection, user, *_ in self.mariadb.query("SHOW PROCESSLIST"):
            if user == "push":
                self.mariadb.query(f"KILL {connection}")
        self.assert_has(alice.ask({"to_uid": uid, "content": 1, "client_id": "1"}, 30), type="ack", code=200)
        self.assertEqual(self.count(f"to_uid = '{uid}'"), 2)
        self.mariadb.query("DROP TABLE chat", self.database)
        self.assert_has(alice.ask({"to_uid": uid, "content": 2, "client_id": "2"}, 30), type="ack", code=200)
        self.assertEqual([row["content"] for row in self.rows(f"to_uid = '{uid}'")], ["2"])
