# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Two event loops: what is sent on one arrives on the other, once and in order."""

import random
from collections import defaultdict

from support.case import ServerCase, unique

USERS = [f"user-{number}" for number in range(100)]


class TwoLoops(ServerCase):
    settings = {
        "server.loops": 2, "limits.messagesPerSecond": 0, "limits.recipientsPerSecond": 0,
        "demo.users": ",".join(USERS),
    }

    def test_many_clients_each_get_what_is_theirs(self):
        tokens = self.server.demo_tokens()
        clients = {uid: self.open(tokens[uid]).expect_login() for uid in USERS}
        chance = random.Random(7)
        expected = defaultdict(lambda: defaultdict(list))
        for number in range(2000):
            sender, recipients = chance.choice(USERS), chance.sample(USERS, chance.choice((1, 1, 1, 5)))
            clients[sender].message(recipients if len(recipients) > 1 else recipients[0], number)
            for uid in recipients:
                expected[uid][sender].append(number)
        # Whoever sent has been heard when their pong comes; what came before it is kept.
        frames = {uid: chat.rest() for uid, chat in clients.items()}
        self.assertEqual(self.backend().ask("to_uid_all", {"content": "to everyone"})["onLine"], 1)
        for uid, chat in clients.items():
            *own, last = frames[uid] + chat.rest()
            self.assertEqual(last["content"], "to everyone")
            received = defaultdict(list)
            for frame in own:
                self.assertEqual(frame["to_uid"], uid)
                received[frame["uid"]].append(frame["content"])
            self.assertEqual(received, expected[uid], uid)
            self.assertEqual(len({frame["id"] for frame in own}), len(own))

    def test_terminals_on_both_loops(self):
        """Six connections follow one another: whichever loop takes which, both have some."""
        for _ in range(3):
            uid, peer = unique("alice"), unique("bob")
            terminals = [self.connect(uid, source, echo=1) for source in ("app", "pc", "weixin")]
            bobs = [self.connect(peer, source) for source in ("app", "pc", "weixin")]
            ack = terminals[0].ask({"to_uid": peer, "content": 1, "client_id": unique("c")})
            self.assert_has(ack, type="ack", data={"onLine": 1})
            for chat in (*terminals[1:], *bobs):
                self.assertEqual([frame["id"] for frame in chat.rest()], [ack["id"]])
            self.assertEqual(terminals[0].rest(), [])
            for chat in (*terminals, *bobs):
                chat.close()

    def test_replacing_and_kicking_over_loops(self):
        udp = self.backend()
        for _ in range(4):
            uid = unique("alice")
            first = self.connect(uid)
            self.connect(unique("between"))
            second = self.connect(uid)
            frames, code, _ = first.until_closed()
            self.assertEqual(([frame["code"] for frame in frames], code), ([441], 4010))
            fd = second.session
            self.assert_has(udp.ask("to_fd", {"to_fd": fd, "content": "by number"}), onLine=1)
            self.assertEqual(second.receive()["content"], "by number")
            self.assert_has(udp.ask("to_fd", {"to_fd": first.session, "content": 1}), onLine=0)
            self.assert_has(udp.ask("kick", {"uid": uid}), onLine=1)
            self.assertEqual(second.until_closed()[1], 4010)
            self.assert_has(udp.ask("is_on_line", {"to_uid": uid}), onLine=0)

    def test_one_client_id_on_both_loops_at_once(self):
        uid, peer = unique("alice"), unique("bob")
        terminals = [self.connect(uid, source) for source in ("app", "pc", "weixin")]
        bob = self.connect(peer)
        for number in range(50):
            for chat in terminals:
                chat.message(peer, number, client_id=f"c{number}")
        # By name: acks of what was safe already may overtake those that waited.
        acks = [{ack["client_id"]: ack["id"] for ack in (chat.receive() for _ in range(50))} for chat in terminals]
        ids = [[ack[f"c{number}"] for number in range(50)] for ack in acks]
        self.assertEqual(ids[0], ids[1])
        self.assertEqual(ids[0], ids[2])
        # In the order of whichever terminal came first with each.
        self.assertEqual(sorted(frame["content"] for frame in bob.rest()), list(range(50)))
        self.assertEqual(len(self.server.rows("to_uid = ?", peer)), 50)
