# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""What is around a UDP command: who may send it, arrays, request_id, replies, and what is refused (section 3)."""

import json

from support import http
from support.case import ServerCase, unique
from support.contents import CONTENTS
from support.server import SECRET
from support.udp import Backend


class Envelope(ServerCase):
    settings = {"udp.allow": f"127.0.0.0/24={SECRET},127.0.0.9=a secret of its own,127.0.1.0/24=another secret"}

    def setUp(self):
        super().setUp()
        self.udp = self.backend()

    def delivered(self, datagrams, udp=None):
        """Sends datagrams for a new user and gives what came of each: reply and contents received."""
        chat = self.connect(unique("u"))
        uid, results = chat.uid, []
        for datagram in datagrams:
            reply = (udp or self.udp).exchange(datagram(uid))
            results.append((reply, [frame["content"] for frame in chat.rest()]))
        return results

    # Who may send

    def test_address_and_secret_must_match_one_entry(self):
        allowed = {
            ("127.0.0.1", SECRET): True, ("127.0.0.200", SECRET): True, ("127.0.1.1", SECRET): False,
            ("127.0.1.1", "another secret"): True, ("127.0.0.1", "another secret"): False,
            ("127.0.0.9", "a secret of its own"): True, ("127.0.0.9", SECRET): True,
            ("127.0.0.8", "a secret of its own"): False, ("127.0.2.1", SECRET): False, ("127.0.0.1", ""): False,
            ("127.0.0.1", SECRET + " "): False, ("127.0.0.1", SECRET[:-1]): False,
        }
        for (address, secret), passes in allowed.items():
            with self.subTest(f"{address} {secret}"), Backend(self.server, address, secret) as udp:
                command = lambda uid: udp.command("to_uid", {"to_uid": uid, "content": 1})
                (reply, frames), = self.delivered([command], udp)
                self.assertEqual((reply["onLine"], frames), (1, [1]) if passes else (0, []))
                if not passes:
                    self.assertEqual(reply.get("code", 403), 403)

    def test_secret_is_needed_and_is_text_or_a_number(self):
        (reply, frames), = self.delivered([lambda uid: {"means": "to_uid", "data": {"to_uid": uid, "content": 1}}])
        self.assertEqual((reply["onLine"], frames), (0, []))
        for secret in (None, True, [SECRET], {"sk": SECRET}):
            with self.subTest(secret):
                (reply, frames), = self.delivered([lambda uid: {"sk": secret, "data": {"to_uid": uid, "content": 1}}])
                self.assertEqual((reply["onLine"], frames), (0, []))

    def test_refusals_are_never_longer_than_what_was_sent(self):
        with Backend(self.server, "127.0.2.1") as stranger:
            for size in (12, 13, 40, 100, 2000):
                stranger.send(b"x" * size)
                self.assertLessEqual(len(stranger.receive()), size)
            stranger.send(b"x" * 11)
            stranger.send(b"x" * 12)
            self.assertEqual(stranger.receive(), b'{"onLine":0}', "something so short gets no answer")
            self.assertEqual(stranger.drain(), 0)

    def test_refusals_are_counted_by_cause(self):
        before = self.server.metrics()
        with Backend(self.server, "127.0.2.1") as stranger:
            stranger.exchange("a datagram from elsewhere")
        self.udp.exchange(b"x" * 65_000)
        self.udp.exchange({"sk": "a wrong one", "data": {}})
        self.udp.ask("to_uid", {"to_uid": "x"})
        after = self.server.metrics()
        changes = {name: after[name] - before[name] for name in after if name.startswith("push_udp_refused")}
        self.assertEqual(
            {name: count for name, count in changes.items() if count},
            {
                "push_udp_refused_total": 4, "push_udp_refused_address_total": 1, "push_udp_refused_size_total": 1,
                "push_udp_refused_secret_total": 1,
            },
        )

    # Forms

    def test_trailing_newline_and_blanks(self):
        command = lambda uid: json.dumps(self.udp.command("to_uid", {"to_uid": uid, "content": 1}))
        for reply, frames in self.delivered([lambda uid: command(uid) + "\n", lambda uid: f" {command(uid)}\r\n "]):
            self.assertEqual((reply["code"], frames), (200, [1]))

    def test_contents_as_written(self):
        chat = self.connect(unique("u"))
        uid = chat.uid
        for name, content in CONTENTS.items():
            with self.subTest(name):
                # The datagram itself is two objects around it.
                content = content[2:-2] if name.startswith("as deep") else content
                self.udp.send(f'{{"sk":"{SECRET}","ack":"stored","data":{{"content" : {content},"to_uid":"{uid}"}}}}')
                reply = json.loads(self.udp.receive())
                self.assertEqual(reply["code"], 200)
                self.assertEqual(chat.receive().raw["content"], content)
                row, = self.server.rows("id = ?", int(reply["id"]))
                self.assertEqual(row["content"], content)

    def test_arrays_are_carried_out_in_order_and_answered_together(self):
        chat = self.connect(unique("u"))
        uid = chat.uid
        commands = [self.udp.command("to_uid", {"to_uid": uid, "content": number}) for number in range(16)]
        replies = self.udp.exchange(commands)
        self.assertEqual([reply["code"] for reply in replies], [200] * 16)
        frames = [chat.receive() for _ in range(16)]
        self.assertEqual([frame["content"] for frame in frames], list(range(16)))
        self.assertEqual([reply["id"] for reply in replies], [frame["id"] for frame in frames])
        self.assert_has(self.udp.exchange(commands + commands[:1]), onLine=0, code=400)
        self.assert_has(self.udp.exchange("[" + " " * 100 + "]"), onLine=0, code=400)
        self.assertEqual(chat.rest(), [])

    def test_in_an_array_each_command_stands_for_itself(self):
        chat = self.connect(unique("u"))
        uid = chat.uid
        good = self.udp.command("to_uid", {"to_uid": uid, "content": "good"}, request_id="g")
        bad = [self.udp.command("nonsense"), {**good, "sk": "wrong", "request_id": "w"}, 7, {"sk": SECRET, "data": []}]
        replies = self.udp.exchange([bad[0], good, *bad[1:], self.udp.command("is_on_line", {"to_uid": uid})])
        self.assertEqual([reply["code"] for reply in replies], [400, 200, 403, 400, 400, 200])
        self.assertEqual([reply["onLine"] for reply in replies], [0, 1, 0, 0, 0, 1])
        self.assertEqual(replies[1]["request_id"], "g")
        self.assertEqual([frame["content"] for frame in chat.rest()], ["good"])

    # request_id, ack, reply

    def test_a_repeated_request_is_answered_and_not_repeated(self):
        chat = self.connect(unique("u"))
        uid = chat.uid
        data = {"to_uid": uid, "content": 1}
        first = self.udp.ask("to_uid", data, request_id="r-1", ack="stored")
        self.assertEqual(first["request_id"], "r-1")
        for udp in (self.udp, self.backend(address="127.0.0.77")):
            self.assertEqual(udp.ask("to_uid", data, request_id="r-1", ack="stored"), first)
        other = self.backend(address="127.0.0.9", secret="a secret of its own")
        self.assertNotEqual(other.ask("to_uid", data, request_id="r-1")["id"], first["id"], "another entry's name")
        self.assertNotEqual(self.udp.ask("to_uid", data, request_id="r-2")["id"], first["id"])
        self.assertEqual(len(chat.rest()), 3)

    def test_repeated_in_one_array_and_at_the_same_time(self):
        chat = self.connect(unique("u"))
        command = self.udp.command("to_uid", {"to_uid": chat.uid, "content": 1}, request_id="same", ack="stored")
        replies = self.udp.exchange([command] * 16)
        self.assertEqual(len({reply["id"] for reply in replies}), 1)
        self.assertEqual(len(chat.rest()), 1)

    def test_a_refused_request_may_be_made_again(self):
        uid = unique("u")
        self.assert_has(self.udp.ask("to_uid", {"to_uid": uid}, request_id="again"), code=400, request_id="again")
        self.assert_has(self.udp.ask("to_uid", {"to_uid": uid, "content": 1}, request_id="again"), code=200)

    def test_length_of_a_request_id(self):
        self.assert_has(self.udp.ask("is_on_line", {"to_uid": "x"}, request_id="é" * 32), code=200, request_id="é" * 32)
        for bad in ("x" * 65, "", {}, True):
            self.assertEqual(self.udp.ask("is_on_line", {"to_uid": "x"}, request_id=bad)["onLine"], 0)

    def test_ack_stored_waits_for_the_row(self):
        uid = unique("u")
        for number in range(50):
            reply = self.udp.ask("to_uid", {"to_uid": uid, "content": number}, ack="stored")
            self.assertEqual(len(self.server.rows("id = ?", int(reply["id"]))), 1, "answered before it was safe")

    def test_no_reply_where_none_is_wanted(self):
        chat = self.connect(unique("u"))
        self.udp.send(self.udp.command("to_uid", {"to_uid": chat.uid, "content": 1}, reply=False))
        self.assertEqual(chat.receive()["content"], 1)
        self.assertEqual(self.udp.ask("is_on_line", {"to_uid": "x"})["onLine"], 0, "the first reply is this one's")
        self.assertEqual(self.udp.drain(), 0)

    def test_replies_fit_into_what_the_seeds_clients_read(self):
        long = self.udp.command("m" * 50_000, {"to_uid": "x"}, request_id="é" * 32)
        self.udp.send(long)
        self.assertLess(len(self.udp.receive()), 1024)
        self.udp.send([self.udp.command("m" * 3000, request_id="x" * 64)] * 16)
        self.assertLess(len(self.udp.receive()), 8 * 1024)

    # Bad input

    def test_malformed_datagrams_are_answered_400(self):
        uid = unique("u")
        malformed = [
            "not JSON at all" + " " * 80, '{"sk":"' + SECRET + "x" * 80, "1" * 100, "",
            f'{{"sk":"{SECRET}","sk":"{SECRET}","data":{{"to_uid":"{uid}","content":1}}}}',
            f'{{"sk":"{SECRET}","data":{{"to_uid":"{uid}","content":1,"content":2}}}}',
            f'{{"sk":"{SECRET}","data":{{"to_uid":"{uid}","content":{"[" * 64}{"]" * 64}}}}}',
            f'{{"sk":"{SECRET}","data":"{uid}","to_uid":"{uid}","content":1}}',
            f'{{"sk":"{SECRET}","means":["to_uid"],"data":{{"to_uid":"{uid}","content":1}}}}',
            f'{{"sk":"{SECRET}","data":{{"to_uid":"{uid}"}}}}' + " " * 80, "[" * 50_000,
            f'{{"sk":"{SECRET}","data":{{"to_uid":"{uid}","content":"'.encode() + b'\xff"}}',
            f'{{"sk":"{SECRET}","data":{{"to_uid":"a b","content":1,"note":"{"x" * 60}"}}}}',
            f'{{"sk":"{SECRET}","data":{{"to_uid":"{uid}","content":1,"type":"login","note":"{"x" * 60}"}}}}',
        ]
        for datagram in malformed:
            with self.subTest(datagram[:60]):
                if datagram:
                    self.assert_has(self.udp.exchange(datagram), onLine=0, code=400)
                else:
                    self.udp.send(datagram)
        self.assertEqual(self.udp.drain(), 0)
        self.assertEqual(self.server.rows("to_uid = ?", uid), [])

    def test_size_limits(self):
        chat = self.connect(unique("u"))
        uid = chat.uid
        empty = json.dumps(self.udp.command("to_uid", {"to_uid": uid, "content": ""}))
        largest = 60 * 1024 - len(empty)
        reply = self.udp.exchange(self.udp.command("to_uid", {"to_uid": uid, "content": "x" * largest}))
        self.assertEqual(reply["code"], 200)
        self.assertEqual(len(chat.receive()["content"]), largest, "cut")
        reply = self.udp.exchange(self.udp.command("to_uid", {"to_uid": uid, "content": "x" * (largest + 1)}))
        self.assert_has(reply, onLine=0, code=413)
        self.assert_has(self.udp.exchange(b"x" * 65507), onLine=0, code=413)
        self.assertEqual(chat.rest(), [])

    def test_the_port_answers_after_all_that(self):
        self.assertEqual(http.get(self.server.ws_port, "/health/ready").status, 200)
        self.assertEqual(self.udp.ask("is_on_line", {"to_uid": "x"})["code"], 200)
