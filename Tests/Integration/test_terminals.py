# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""One user on several terminals: side by side, and one in the place of another (chat protocol, section 1)."""

from support import http
from support.case import ServerCase, unique
from support.server import SERVER_KEY

REPLACED = '{"message":"该账号已在别处登录，您被踢下线","type":"login","code":441,"data":[]}'
CLOSED_AS_REPLACED = 4010


class Terminals(ServerCase):
    def online(self, uid):
        answer = http.get(self.server.ws_port, f"/chat/online?uid={uid}", headers=http.bearer(SERVER_KEY))
        return answer.json["data"][uid]

    def test_every_terminal_gets_what_is_sent_to_the_user(self):
        alice, uid = self.connect(unique("alice")), unique("bob")
        terminals = [self.connect(uid, source) for source in ("app", "pc", "weixin")]
        alice.message(uid, "to all of you")
        frames = [terminal.receive() for terminal in terminals]
        self.assertEqual({frame["content"] for frame in frames}, {"to all of you"})
        self.assertEqual(len({frame["id"] for frame in frames}), 1)
        alice.rest()
        self.assertEqual(len(self.server.rows("to_uid = ?", uid)), 1)

    def test_second_login_of_a_terminal_replaces_the_first(self):
        uid = unique("alice")
        other = self.connect(uid, "pc")
        first = self.connect(uid)
        second = self.connect(uid)
        frames, code, _ = first.until_closed()
        self.assertEqual(([frame.text for frame in frames], code), ([REPLACED], CLOSED_AS_REPLACED))
        self.connect(unique("bob")).message(uid, "who is there?")
        for terminal in (second, other):
            self.assertEqual(terminal.receive()["content"], "who is there?")

    def test_another_device_token_gets_the_frame_too(self):
        uid = unique("alice")
        first = self.connect(uid, token="device-one")
        self.connect(uid, token="device-two")
        self.assertEqual([frame.text for frame in first.until_closed()[0]], [REPLACED])

    def test_the_same_device_coming_back_replaces_silently(self):
        for name in ("given", "made"):
            with self.subTest(name):
                uid = unique("alice")
                first = self.connect(uid, **({"token": "device-one"} if name == "given" else {}))
                second = self.connect(uid, token=first.login["data"]["token"])
                frames, code, _ = first.until_closed()
                self.assertEqual((frames, code), ([], CLOSED_AS_REPLACED))
                self.assertEqual(second.rest(), [])

    def test_the_end_of_a_replaced_connection_does_not_unregister_the_new_one(self):
        uid = unique("alice")
        for _ in range(3):
            first = self.connect(uid)
            second = self.connect(uid)
            first.until_closed()
            first.close()
            self.assertEqual(self.online(uid), 1)
            self.connect(unique("bob")).message(uid, "still there?")
            self.assertEqual(second.receive()["content"], "still there?")
            second.close()

    def test_online_until_the_last_terminal_has_gone(self):
        uid = unique("alice")
        self.assertEqual(self.online(uid), 0)
        terminals = [self.connect(uid, source) for source in ("app", "pc")]
        self.assertEqual(self.online(uid), 1)
        terminals[0].close()
        self.assertEqual(self.online(uid), 1)
        terminals[1].close()
        self.assertEqual(self.online(uid), 0)

    def test_own_terminals_see_what_one_sends_where_they_asked_for_it(self):
        uid, peer = unique("alice"), unique("bob")
        sender = self.connect(uid, "app", echo=1)
        asked = self.connect(uid, "pc", echo=1)
        did_not_ask = self.connect(uid, "weixin")
        bob = self.connect(peer)
        sender.message(peer, {"n": 1}, client_id="c")
        self.assert_has(asked.receive(), uid=uid, to_uid=peer, content={"n": 1})
        self.assert_has(bob.receive(), uid=uid, content={"n": 1})
        self.assert_has(sender.receive(), type="ack")
        for terminal in (sender, did_not_ask, asked, bob):
            self.assertEqual(terminal.rest(), [])

    def test_a_message_to_oneself_reaches_all_own_terminals_once(self):
        uid = unique("alice")
        terminals = [self.connect(uid, source) for source in ("app", "pc")]
        terminals[0].message(uid, "note to self")
        for terminal in terminals:
            self.assertEqual([frame["content"] for frame in terminal.rest()], ["note to self"])
