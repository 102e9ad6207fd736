# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Messages from client to client: what arrives, what is acknowledged, what stands in the archive (section 2)."""

import time

from support import http
from support.case import ServerCase, unique
from support.server import SERVER_KEY


class Messages(ServerCase):
    settings = {"limits.messagesPerSecond": 0, "limits.recipientsPerSecond": 0}

    def pair(self):
        alice, bob = self.connect(unique("alice")), self.connect(unique("bob"))
        return alice, bob, alice.uid, bob.uid

    def test_recipient_sees_exactly_what_the_protocol_says(self):
        alice, bob, sender, recipient = self.pair()
        alice.send(f'{{"to_uid":"{recipient}","type":"chat","content":{{"type":"text","value":"新内容"}}}}')
        frame = bob.receive()
        self.assertRegex(
            frame.text,
            rf'^{{"id":"\d{{19}}","uid":"{sender}","to_uid":"{recipient}","type":"chat","time":\d{{10}},"state":1,'
            r'"content":{"type":"text","value":"新内容"}}$',
        )
        self.assertLess(abs(frame["time"] - time.time()), 30)
        self.assertLess(abs((int(frame["id"]) >> 20) / 1000 - time.time()), 30, "the id is no clock")

    def test_row_is_exact(self):
        alice, bob, sender, recipient = self.pair()
        ack = self.acknowledged(alice, {"to_uid": recipient, "type": "app.note", "content": [1, "é"], "client_id": "1"})
        frame = bob.receive()
        self.assertEqual(
            self.server.rows("to_uid = ?", recipient),
            [{
                "id": int(ack["id"]), "uid": sender, "to_uid": recipient, "type": "app.note", "content": '[1, "é"]',
                "state": 1, "create_time": frame["time"], "update_time": frame["time"],
            }],
        )

    def acknowledged(self, chat, frame):
        ack = chat.ask(frame)
        self.assert_has(ack, type="ack", code=200, client_id=frame["client_id"])
        return ack

    def test_ack_means_stored(self):
        alice, _, _, _ = self.pair()
        offline = unique("carol")
        for number in range(50):
            ack = self.acknowledged(alice, {"to_uid": offline, "content": number, "client_id": f"c{number}"})
            self.assertEqual(
                [row["content"] for row in self.server.rows("id = ?", int(ack["id"]))], [str(number)],
                "acknowledged before it was safe",
            )

    def test_ack_is_exact_and_tells_who_is_online(self):
        alice, _, _, recipient = self.pair()
        for uid, online in ((recipient, 1), (unique("carol"), 0)):
            ack = self.acknowledged(alice, {"to_uid": uid, "content": 1, "client_id": f"to {uid}"})
            self.assertRegex(
                ack.text,
                rf'^{{"type":"ack","code":200,"client_id":"to {uid}","id":"\d{{19}}","data":{{"onLine":{online}}}}}$',
            )
            row, = self.server.rows("to_uid = ?", uid)
            self.assertEqual(row["state"], online)

    def test_ids_grow(self):
        alice, bob, _, recipient = self.pair()
        for number in range(100):
            alice.message(recipient, number)
        frames = [bob.receive() for _ in range(100)]
        self.assertEqual([frame["content"] for frame in frames], list(range(100)))
        ids = [frame["id"] for frame in frames]
        self.assertEqual(ids, sorted(set(ids)))
        self.assertEqual({len(each) for each in ids}, {19})

    def test_uid_may_be_an_integer(self):
        bob = self.connect("90071992547409931")
        self.connect(unique("alice")).send('{"to_uid":90071992547409931,"content":1}')
        self.assertEqual(bob.receive()["to_uid"], "90071992547409931")

    def test_type_defaults_to_chat(self):
        alice, bob, _, recipient = self.pair()
        alice.send({"to_uid": recipient, "content": None})
        self.assert_has(bob.receive(), type="chat", content=None)

    def test_array_has_one_id_and_one_row_for_each(self):
        alice, bob, sender, recipient = self.pair()
        carol = self.connect(unique("carol"))
        others = [carol.uid, unique("dave")]
        ack = self.acknowledged(
            alice, {"to_uid": [recipient, *others, recipient], "content": "all", "client_id": "many"}
        )
        self.assertEqual(ack["data"], {"onLine": 1})
        self.assertEqual([(frame["id"], frame["to_uid"]) for frame in bob.rest()], [(ack["id"], recipient)])
        self.assertEqual([(frame["id"], frame["to_uid"]) for frame in carol.rest()], [(ack["id"], others[0])])
        rows = self.server.rows("id = ?", int(ack["id"]))
        states = {row["to_uid"]: row["state"] for row in rows}
        self.assertEqual(states, {recipient: 1, others[0]: 1, others[1]: 0})
        self.assertEqual({row["uid"] for row in rows}, {sender})

    def test_hundred_recipients(self):
        alice, _, _, _ = self.pair()
        uids = [unique("many") for _ in range(100)]
        ack = self.acknowledged(alice, {"to_uid": uids, "content": 1, "client_id": "100"})
        self.assertEqual(len(self.server.rows("id = ?", int(ack["id"]))), 100)
        self.assert_has(alice.ask({"to_uid": uids + [unique("many")], "content": 1}), type="error", code=400)

    def test_members_cannot_be_forged(self):
        alice, bob, sender, recipient = self.pair()
        alice.send({
            "id": "1", "uid": "boss", "to_uid": recipient, "time": 1, "state": 9, "code": 441, "message": "kicked",
            "sk": "s", "access_token": "t", "client_id": "c", "content": 1, "type": "chat", "note": {"a": [1]},
            "x": None,
        })
        frame = bob.receive()
        self.assertEqual(
            list(frame), ["id", "uid", "to_uid", "type", "time", "state", "content", "note", "x"], frame.text
        )
        self.assert_has(frame, uid=sender, to_uid=recipient, state=1, note={"a": [1]}, x=None)
        self.assertNotEqual(frame["id"], "1")
        self.assertGreater(frame["time"], 1)

    def test_typing_reaches_who_is_online_and_is_not_kept(self):
        alice, bob, sender, recipient = self.pair()
        alice.send({"type": "typing", "to_uid": [recipient, unique("carol")], "content": "no", "uid": "boss"})
        self.assertEqual(bob.receive().text, f'{{"type":"typing","uid":"{sender}"}}')
        alice.rest()
        self.assertEqual(self.server.rows("uid = ?", sender), [])

    def test_pings(self):
        alice, _, _, _ = self.pair()
        alice.send("ping")
        self.assertRegex(alice.ask({"type": "ping"}).text, r'^\{"type":"pong","time":\d{13}\}$')


class Resends(ServerCase):
    """The same client_id again is the same message."""

    def resend(self, first, second, recipient, uid):
        bob = self.connect(recipient)
        frame = {"to_uid": recipient, "content": "once", "client_id": "the-name"}
        ack = first.ask(frame)
        again = second.ask({**frame, "content": "twice"})
        self.assertEqual((again["type"], again["id"]), ("ack", ack["id"]))
        self.assertEqual([frame["content"] for frame in bob.rest()], ["once"])
        self.assertEqual([row["content"] for row in self.server.rows("uid = ?", uid)], ['"once"'])

    def test_from_the_same_connection(self):
        uid = unique("alice")
        alice = self.connect(uid)
        self.resend(alice, alice, unique("bob"), uid)

    def test_from_another_terminal(self):
        uid = unique("alice")
        self.resend(self.connect(uid), self.connect(uid, "pc"), unique("bob"), uid)

    def test_after_a_reconnect(self):
        uid, bob = unique("alice"), unique("bob")
        with self.connect(uid) as first:
            ack = first.ask({"to_uid": bob, "content": 1, "client_id": "n"})
        again = self.connect(uid).ask({"to_uid": bob, "content": 1, "client_id": "n"})
        self.assertEqual(again["id"], ack["id"])
        self.assertEqual(len(self.server.rows("uid = ?", uid)), 1)

    def test_another_user_may_use_the_same_name(self):
        recipient = unique("bob")
        acks = [
            self.connect(unique("alice")).ask({"to_uid": recipient, "content": 1, "client_id": "n"}) for _ in range(2)
        ]
        self.assertNotEqual(acks[0]["id"], acks[1]["id"])
        self.assertEqual(len(self.server.rows("to_uid = ?", recipient)), 2)

    def test_many_at_once_are_one_message(self):
        uid, recipient = unique("alice"), unique("bob")
        terminals = [self.connect(uid, source) for source in ("app", "pc", "weixin")]
        for _ in range(4):
            for terminal in terminals:
                terminal.send({"to_uid": recipient, "content": 1, "client_id": "storm"})
        acks = [terminal.receive() for terminal in terminals for _ in range(4)]
        self.assertEqual(len({ack["id"] for ack in acks}), 1)
        self.assertEqual(len(self.server.rows("uid = ?", uid)), 1)

    def test_a_refused_frame_leaves_the_name_free(self):
        alice, recipient = self.connect(unique("alice")), unique("bob")
        self.assert_has(alice.ask({"to_uid": recipient, "client_id": "n"}), type="error", code=400, client_id="n")
        self.assert_has(alice.ask({"to_uid": recipient, "content": 1, "client_id": "n"}), type="ack", client_id="n")


class NoArchive(ServerCase):
    settings = {"storage.archive": "off"}

    def test_ack_says_that_nothing_keeps_it(self):
        alice, bob = self.connect(unique("alice")), self.connect(unique("bob"))
        ack = alice.ask({"to_uid": bob.uid, "content": 1, "client_id": "c"})
        self.assert_has(ack, type="ack", code=200, stored=False, data={"onLine": 1})
        self.assertEqual(bob.receive()["content"], 1)

    def test_so_do_the_replies_of_udp_and_http(self):
        reply = self.backend().ask("to_uid", {"to_uid": "x", "content": 1}, ack="stored")
        self.assert_has(reply, code=200, stored=False)
        body = {"to_uid": "x", "content": 1, "ack": "stored"}
        answer = http.post(self.server.http_port, "/chat/send", body, headers=http.bearer(SERVER_KEY))
        self.assert_has(answer.json["data"], stored=False, onLine=0)


class UnreadOnly(ServerCase):
    settings = {"archive.mode": "unread"}

    def test_keeps_what_could_not_be_delivered_and_says_what_it_does_not_keep(self):
        alice, bob = self.connect(unique("alice")), self.connect(unique("bob"))
        online, offline = bob.uid, unique("carol")
        ack = alice.ask({"to_uid": online, "content": 1, "client_id": "c1"})
        self.assert_has(ack, type="ack", stored=False)
        ack = alice.ask({"to_uid": offline, "content": 2, "client_id": "c2"})
        self.assertNotIn("stored", ack)
        rows = self.server.rows("uid = ?", alice.uid)
        self.assertEqual([(row["to_uid"], row["state"]) for row in rows], [(offline, 0)])
