# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The archive's queue when it is full, and when the server ends before it is empty."""

from support import http
from support.archive_case import OutageCase
from support.case import unique
from support.server import SERVER_KEY
from support.waiting import eventually


class FullQueue(OutageCase):
    """With the smallest queue that there may be."""

    archive_settings = {"archive.queueBytes": "1MiB"}

    def test_who_asks_for_an_ack_is_refused_and_other_losses_are_counted(self):
        alice, bob = self.connect_live(unique("alice")), self.connect_live(unique("bob"))
        sender, uid = alice.uid, bob.uid
        self.mariadb.kill()
        sent = 40
        for number in range(sent):
            alice.message(uid, f"{number}:" + "x" * 60_000)
        alice.rest()
        self.assertEqual(len([bob.receive() for _ in range(sent)]), sent, "all are delivered")
        lost = self.server.metrics()["push_archive_lost_total"]
        self.assertTrue(20 < lost < 30, lost)
        big = "y" * 60_000
        error = alice.ask({"to_uid": uid, "content": big, "client_id": "refused"})
        self.assert_has(error, type="error", code=503, client_id="refused")
        reply = self.backend().ask("to_uid", {"to_uid": uid, "content": big[:50_000]}, ack="stored")
        self.assert_has(reply, onLine=0, code=503)
        answer = http.post(
            self.server.http_port, "/chat/send", {"to_uid": uid, "content": big, "ack": "stored"},
            headers=http.bearer(SERVER_KEY),
        )
        self.assertEqual((answer.status, answer.json["code"], answer.json["data"]), (503, 503, []))
        self.assertEqual(bob.rest(), [], "refused and delivered all the same")
        self.assertEqual(self.server.metrics()["push_archive_lost_total"], lost)
        self.assertEqual(self.backend().ask("to_uid", {"to_uid": uid, "content": big[:50_000]})["code"], 200)
        self.assertEqual(len(bob.rest()), 1)
        self.assertEqual(self.server.metrics()["push_archive_lost_total"], lost + 1)
        self.mariadb.start()
        eventually("what was queued is written", lambda: self.count(f"uid = '{sender}'") == sent - lost, 30)
        eventually("there is room", lambda: self.server.metrics()["push_archive_queue_bytes"] == 0)
        ack = alice.ask({"to_uid": uid, "content": big, "client_id": "refused"})
        self.assert_has(ack, type="ack", code=200, client_id="refused")
        self.assertEqual(bob.receive()["id"], ack["id"])
        self.assertEqual(self.count(f"uid = '{sender}'"), sent - lost + 1)


class Drain(OutageCase):
    archive_settings = {"server.drainTimeout": "2s"}

    def test_what_mariadb_did_not_take_goes_to_the_spool_and_is_moved_by_the_next_start(self):
        alice, uid = self.connect(unique("alice")), unique("bob")
        self.assert_has(alice.ask({"to_uid": uid, "content": "before", "client_id": "b"}), type="ack")
        self.mariadb.kill()
        for number in range(1000):
            alice.message(uid, number)
        alice.rest()
        self.assertEqual(self.server.stop(), 0, self.server.log[-2000:])
        self.assertEqual(alice.until_closed()[1], 4200)
        # The next start finds MariaDB still away, and ends again: nothing may be lost by that.
        self.server.start(until_ready=False)
        alice = self.connect(alice.uid)
        alice.message(uid, "between")
        alice.rest()
        self.assertEqual(self.server.stop(), 0, self.server.log[-2000:])
        self.mariadb.start()
        self.server.start()
        expected = ['"before"', *map(str, range(1000)), '"between"']
        eventually("all rows are moved", lambda: self.count(f"to_uid = '{uid}'") == len(expected), 20)
        self.assertEqual([row["content"] for row in self.rows(f"to_uid = '{uid}'")], expected)
        self.server.stop()
        self.server.start()
        self.assertEqual(self.count(f"to_uid = '{uid}'"), len(expected), "moved twice")

    def test_sigterm_under_traffic_writes_everything(self):
        alice, uid = self.connect(unique("alice")), unique("bob")
        for number in range(3000):
            alice.message(uid, number)
        alice.rest()
        self.assertEqual(self.server.stop(), 0, self.server.log[-2000:])
        self.assertEqual([row["content"] for row in self.rows(f"to_uid = '{uid}'")], [str(n) for n in range(3000)])
        self.server.start()
