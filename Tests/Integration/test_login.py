# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Logging in, by every way a token may come, and being refused (chat protocol, section 1)."""

import base64
import time

from support.case import ServerCase, unique
from support.waiting import eventually
from support.wire import Wire, text_frame

REFUSED = '{"message":"授权失败","type":"login","code":401,"data":[]}'
NOT_AUTHORIZED = 4009


def decoded(token):
    """The three fields of an access token."""
    text = token.translate(str.maketrans("-_,", "+/="))
    return base64.b64decode(text + "=" * (-len(text) % 4)).decode().rsplit(".", 2)


def encoded(*fields):
    """An access token of these fields."""
    return base64.b64encode(".".join(fields).encode()).decode().translate(str.maketrans("+/=", "-_,"))


class AcceptedLogin(ServerCase):
    def test_success_frame_is_exact(self):
        uid = unique("alice")
        chat = self.open(self.server.issue(uid, "pc"))
        frame = chat.receive()
        self.assertRegex(
            frame.text,
            r'^\{"message":"授权成功","type":"login","code":200,"data":\{"token":"[^"]{10,}","uid":"' + uid
            + r'","source":"pc","session":\d+,"time":\d{13},"ping":25\}\}$',
        )
        self.assertLess(abs(frame["data"]["time"] / 1000 - time.time()), 30)
        self.assertLess(frame["data"]["session"], 2**53)

    def test_sessions_have_different_numbers(self):
        numbers = [self.connect(unique("alice")).session for _ in range(3)]
        self.assertEqual(len(set(numbers)), 3)

    def test_token_in_bearer_header(self):
        uid = unique("alice")
        chat = self.open(bearer=self.server.issue(uid)).expect_login()
        self.assertEqual(chat.uid, uid)

    def test_token_in_first_frame(self):
        uid = unique("alice")
        chat = self.open()
        chat.send({"type": "login", "access_token": self.server.issue(uid)})
        self.assertEqual(chat.expect_login().uid, uid)

    def test_any_path_but_that_of_pusher(self):
        token = self.server.issue(unique("alice"))
        self.open(token, path="/chat/room").expect_login()
        frames, code, _ = self.open(token, path="/app/key").until_closed()
        self.assertEqual(([frame["event"] for frame in frames], code), (["pusher:error"], 4001))

    def test_forms_of_one_token(self):
        uid = unique("a")
        issued = self.server.issue(uid)
        plain = base64.b64encode(".".join(decoded(issued)).encode()).decode()
        bare = plain.rstrip("=")
        forms = {
            "as issued": issued, "standard alphabet": plain.replace("=", "%3D").replace("+", "%2B"),
            "without padding": bare, "comma padding": bare + "," * (-len(bare) % 4),
            "percent-encoded": "".join(f"%{ord(each):02X}" for each in plain),
            "white space around it": f"%20{bare}%09%0A",
        }
        for name, form in forms.items():
            with self.subTest(name), Wire(self.server) as wire:
                wire.upgrade(f"/?access_token={form}")
                self.assertIn(b'"code":200', wire.read_frame()[1])

    def test_device_token_is_kept_or_made(self):
        uid = unique("alice")
        given = self.connect(uid, token="device-of-alice")
        self.assertEqual(given.login["data"]["token"], "device-of-alice")
        made = [self.connect(unique("alice")).login["data"]["token"] for _ in range(2)]
        self.assertNotEqual(made[0], made[1])

    def test_login_frame_renews_the_login_of_the_same_terminal_only(self):
        uid = unique("alice")
        chat = self.connect(uid)
        renewed = chat.ask({"type": "login", "access_token": self.server.issue(uid)})
        self.assert_has(renewed, type="login", code=200)
        self.assertEqual(renewed["data"]["session"], chat.session)
        for other in (self.server.issue(uid, "pc"), self.server.issue(unique("bob"))):
            self.assert_has(chat.ask({"type": "login", "access_token": other}), type="error", code=403)
        self.assert_has(chat.ask({"type": "ping"}), type="pong")

    def test_frames_right_behind_the_handshake_come_after_the_login_in_order(self):
        bob = self.connect(unique("bob"))
        uid = bob.uid
        frames = b"".join(text_frame({"to_uid": uid, "content": number}) for number in range(5))
        with Wire(self.server) as wire:
            wire.upgrade(f"/?access_token={self.server.issue(unique('alice'))}", behind=frames)
            self.assertEqual([bob.receive()["content"] for _ in range(5)], list(range(5)))


class RefusedLogin(ServerCase):
    settings = {"auth.timeout": "1s"}

    def assert_refused(self, chat, seconds=10.0):
        frames, code, _ = chat.until_closed(seconds)
        self.assertEqual(([frame.text for frame in frames], code), ([REFUSED], NOT_AUTHORIZED))

    def test_wrong_unknown_and_malformed_tokens(self):
        uid = unique("alice")
        token, _, source = decoded(self.server.issue(uid))
        other = decoded(self.server.issue(unique("bob")))[0]
        refused = {
            "wrong token": encoded(token[:-1] + "~", uid, source),
            "prefix of the token": encoded(token[:-1], uid, source),
            "token of another user": encoded(other, uid, source), "unknown user": encoded(token, unique("x"), source),
            "terminal without a token": encoded(token, uid, "pc"), "unknown source": encoded(token, uid, "fax"),
            "empty token": encoded("", uid, source), "empty": "", "two fields": encoded(token, uid),
            "no base64": "!!!!", "bad uid": encoded(token, "a b'; DROP TABLE chat", source),
            "too long": encoded("x" * 2000, uid, source), "not UTF-8": "_,__8A",
        }
        for name, access_token in refused.items():
            with self.subTest(name):
                self.assert_refused(self.open(access_token))

    def test_wrong_token_in_header_and_frame(self):
        self.assert_refused(self.open(bearer=encoded("no", "body", "app")))
        chat = self.open()
        chat.send({"type": "login", "access_token": encoded("no", "body", "app")})
        self.assert_refused(chat)

    def test_expired_token(self):
        uid = unique("alice")
        token = self.server.issue(uid, ttl=1)

        def is_refused():
            return self.open(token).receive()["code"] == 401

        eventually("the token of one second has expired", is_refused, 5)
        self.assert_refused(self.open(token))

    def test_revoked_token(self):
        uid = unique("alice")
        token = self.server.issue(uid)
        self.open(token).expect_login()
        self.assertEqual(self.server.command("token", "revoke", "--uid", uid).returncode, 0)
        self.assert_refused(self.open(token))

    def test_no_token_in_time(self):
        before = time.monotonic()
        self.assert_refused(self.open())
        self.assertGreater(time.monotonic() - before, 0.9)

    def test_signs_of_life_are_no_login(self):
        chat = self.open()
        chat.send("ping")
        chat.send({"type": "ping"})
        frames, code, _ = chat.until_closed()
        self.assertEqual(([frame["type"] for frame in frames], code), (["pong", "login"], NOT_AUTHORIZED))

    def test_another_frame_before_the_login(self):
        for frame in ({"to_uid": "bob", "content": 1}, "{", "[]", {"type": "login"}):
            with self.subTest(frame):
                chat = self.open()
                chat.send(frame)
                self.assert_refused(chat)

    def test_nothing_sent_before_a_refusal_is_routed(self):
        bob = self.connect(unique("bob"))
        uid = bob.uid
        message = text_frame({"to_uid": uid, "content": "forged", "client_id": "1"})
        for path in (f"/?access_token={encoded('no', unique('x'), 'app')}", "/"):
            with self.subTest(path), Wire(self.server) as wire:
                wire.upgrade(path, behind=message * 3)
                self.assertEqual(wire.read_close()[0], NOT_AUTHORIZED)
        self.assertEqual(bob.rest(), [])
        self.assertEqual(self.server.rows("to_uid = ?", uid), [])

    def test_refusals_are_counted(self):
        before = self.server.metrics()["push_chat_logins_refused_total"]
        self.assert_refused(self.open("nobody"))
        self.assertEqual(self.server.metrics()["push_chat_logins_refused_total"], before + 1)


class OtherTokenOrder(ServerCase):
    settings = {"auth.tokenOrder": "uid.token.source"}

    def test_the_order_of_the_seeds_code(self):
        uid = unique("alice")
        token = self.server.issue(uid)
        self.open(token).expect_login()
        first, second, source = decoded(token)
        self.assertEqual(first, uid)
        self.assertEqual(self.open(encoded(second, first, source)).until_closed()[1], NOT_AUTHORIZED)
