# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""What a client may not send: an error that says why, and the connection goes on, or a close code (section 2)."""

from websockets.exceptions import ConnectionClosed

from support.case import ServerCase, unique
from support.waiting import eventually
from support.wire import BINARY, TEXT, Wire, frame

RESERVED = "login ping pong ack error read receipt history unread online kick typing recall edit gap push.x".split()
# What a client may say to the server with nothing but a type; the others are refused for what they lack.
FOR_THE_SERVER = ("login", "ping", "ack", "typing", "unread")


class RefusedFrames(ServerCase):
    settings = {"limits.messagesPerSecond": 0, "limits.recipientsPerSecond": 0}

    def assert_refused(self, chat, text, code=400):
        error = chat.ask(text)
        self.assert_has(error, type="error", code=code)
        self.assertTrue(error["message"])
        self.assertEqual(set(error) - {"client_id"}, {"type", "code", "message"}, error.text)
        return error

    def test_malformed_frames_are_answered_400_and_the_session_goes_on(self):
        bob = self.connect(unique("bob"))
        uid = bob.uid
        malformed = {
            "no JSON": "hello", "empty": "", "cut off": '{"to_uid":"x","content":"', "trailing": '{"type":"ping"} x',
            "no object": f'["{uid}",1]', "a number": "1", "no content": f'{{"to_uid":"{uid}"}}',
            "no recipient": '{"content":1}', "null recipient": '{"to_uid":null,"content":1}',
            "empty recipient": '{"to_uid":"","content":1}', "bad recipient": f'{{"to_uid":"{uid} ","content":1}}',
            "long recipient": f'{{"to_uid":"{"x" * 65}","content":1}}', "nobody": '{"to_uid":[],"content":1}',
            "one bad recipient": f'{{"to_uid":["{uid}",1.5],"content":1}}', "boolean": '{"to_uid":true,"content":1}',
            "nested": f'{{"to_uid":[["{uid}"]],"content":1}}',
            "bad type": f'{{"to_uid":"{uid}","type":"a b","content":1}}',
            "type no text": f'{{"to_uid":"{uid}","type":1,"content":1}}',
            "long type": f'{{"to_uid":"{uid}","type":"{"x" * 65}","content":1}}',
            "empty client_id": f'{{"to_uid":"{uid}","content":1,"client_id":""}}',
            "long client_id": f'{{"to_uid":"{uid}","content":1,"client_id":"{"x" * 65}"}}',
            "repeated member": f'{{"to_uid":"{uid}","content":1,"content":2}}',
            "repeated after unescaping": f'{{"to_uid":"{uid}","content":1,"c\\u006fntent":2}}',
            "repeated inside": f'{{"to_uid":"{uid}","content":{{"a":1,"\\u0061":2}}}}',
            "control character": f'{{"to_uid":"{uid}","content":"a\tb"}}',
            "bad escape": f'{{"to_uid":"{uid}","content":"\\x"}}',
            "bad number": f'{{"to_uid":"{uid}","content":01}}', "not a word": f'{{"to_uid":"{uid}","content":tru}}',
            "trailing comma": f'{{"to_uid":"{uid}","content":1,}}',
            "too deep": f'{{"to_uid":"{uid}","content":{"[" * 64}{"]" * 64}}}',
            "100,000 deep": "[" * 50_000, "byte order mark": f'\ufeff{{"to_uid":"{uid}","content":1}}',
        }
        alice = self.connect(unique("alice"))
        for name, text in malformed.items():
            with self.subTest(name):
                self.assert_refused(alice, text)
        self.assertEqual(bob.rest(), [])
        self.assertEqual(self.server.rows("to_uid = ?", uid), [])
        alice.message(uid, "still here")
        self.assertEqual(bob.receive()["content"], "still here")

    def test_reserved_types_cannot_be_sent(self):
        bob = self.connect(unique("bob"))
        alice = self.connect(unique("alice"))
        for name in RESERVED:
            if name in FOR_THE_SERVER:
                continue
            with self.subTest(name):
                self.assert_refused(alice, {"to_uid": bob.uid, "type": name, "content": 1})
        self.assertEqual(bob.rest(), [])

    def test_error_names_the_frame_that_it_is_about(self):
        alice = self.connect(unique("alice"))
        error = self.assert_refused(alice, {"to_uid": "x", "client_id": "the-one"})
        self.assertEqual(error["client_id"], "the-one")
        error = self.assert_refused(alice, {"to_uid": "x y", "client_id": 'quo"te', "content": 1})
        self.assertEqual(error["client_id"], 'quo"te')

    def test_too_much_content_is_413(self):
        alice = self.connect(unique("alice"))
        frame = {"to_uid": "x", "content": "x" * (64 * 1024 - 1), "client_id": "big"}
        self.assertEqual(self.assert_refused(alice, frame, 413)["client_id"], "big")
        frame["content"] = "x" * (64 * 1024 - 2)
        self.assert_has(alice.ask(frame), type="ack", code=200)

    def test_a_message_above_the_frame_limit_is_closed_1009(self):
        whole = frame(TEXT, "x" * (68 * 1024 + 1))
        pieces = frame(TEXT, "x" * 40_000, fin=False) + frame(0, "x" * 40_000)
        announced = frame(TEXT, "", length=(64, 2**40))
        for name, data in {"whole": whole, "in pieces": pieces, "announced": announced}.items():
            with self.subTest(name), Wire(self.server) as wire:
                wire.upgrade(f"/?access_token={self.server.issue(unique('alice'))}", behind=data)
                self.assertEqual(wire.read_close()[0], 1009)

    def test_binary_is_closed_1003(self):
        alice = self.connect(unique("alice"))
        alice.send(b'{"type":"ping"}')
        self.assertEqual(alice.until_closed()[1], 1003)
        with Wire(self.server) as wire:
            wire.upgrade(behind=frame(BINARY, b""))
            self.assertEqual(wire.read_close()[0], 1003, "before the login")

    def test_invalid_utf8_is_closed_1007(self):
        cut = "é".encode()[:1]
        invalid = {
            "overlong": frame(TEXT, b"\xc0\xaf"), "surrogate": frame(TEXT, b'"\xed\xa0\x80"'), "cut": frame(TEXT, cut),
            "above the last": frame(TEXT, b"\xf4\x90\x80\x80"), "in a content": frame(TEXT, b'{"content":"\xff"}'),
            "over two fragments": frame(TEXT, b"a" + cut, fin=False) + frame(0, b"b"),
        }
        for name, data in invalid.items():
            with self.subTest(name), Wire(self.server) as wire:
                wire.upgrade(f"/?access_token={self.server.issue(unique('alice'))}", behind=data)
                self.assertEqual(wire.read_close()[0], 1007)


class AcceptedTypes(ServerCase):
    settings = {"chat.types": "chat,order.paid"}

    def test_only_the_configured_types_pass(self):
        bob = self.connect(unique("bob"))
        alice = self.connect(unique("alice"))
        for name, passes in {"chat": True, "order.paid": True, "order": False}.items():
            with self.subTest(name):
                frame = {"to_uid": bob.uid, "type": name, "content": 1, "client_id": name}
                self.assertEqual(alice.ask(frame)["code"], 200 if passes else 400)
        self.assertEqual([frame["type"] for frame in bob.rest()], ["chat", "order.paid"])


class Rates(ServerCase):
    """The default limits: 20 frames and 200 recipients a second, bursts of twice that."""

    def refused(self, chat, frames):
        for number, frame in enumerate(frames):
            chat.send({**frame, "client_id": f"n{number}"})
        answers = [chat.receive() for _ in frames]
        return [answer for answer in answers if answer["type"] == "error"]

    def test_too_many_frames_are_429_and_may_be_sent_later(self):
        alice, uid = self.connect(unique("alice")), unique("bob")
        errors = self.refused(alice, [{"to_uid": uid, "content": 1}] * 60)
        self.assertEqual({error["code"] for error in errors}, {429})
        self.assertTrue(10 <= len(errors) <= 20, f"{len(errors)} of 60 frames refused")
        self.assertTrue(all(0 < error["retry_after"] <= 1000 for error in errors), errors)
        self.assertEqual(len(self.server.rows("to_uid = ?", uid)), 60 - len(errors))

        def passes():
            return alice.ask({"to_uid": uid, "content": 1, "client_id": errors[0]["client_id"]})["type"] == "ack"

        eventually("a refused message may be sent again", passes, 3)

    def test_too_many_recipients_are_429(self):
        alice = self.connect(unique("alice"))
        frames = [{"to_uid": [f"r{number}" for number in range(100)], "content": 1}] * 6
        errors = self.refused(alice, frames)
        self.assertEqual([error["code"] for error in errors], [429, 429])

    def test_pings_are_not_counted(self):
        alice = self.connect(unique("alice"))
        for _ in range(100):
            alice.send({"type": "ping"})
            alice.send("ping")
            alice.send({"type": "ack", "id": "1" * 19})
        self.assertEqual({alice.receive()["type"] for _ in range(100)}, {"pong"})

    def test_sustained_abuse_is_closed_4100_and_costs_nobody_else(self):
        alice, bob = self.connect(unique("alice")), self.connect(unique("bob"))
        frame = f'{{"to_uid":"{bob.uid}","content":1}}'
        with self.assertRaises(ConnectionClosed):
            for _ in range(200_000):
                alice.send(frame)
        frames, code, reason = alice.until_closed()
        self.assertEqual(code, 4100)
        self.assertTrue(reason)
        self.assertLess(len(bob.rest()), 300)
