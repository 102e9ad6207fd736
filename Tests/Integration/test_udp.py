# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Every command of the UDP port (chat protocol, section 3)."""

import time

from support.case import ServerCase, unique

CLOSED_AS_KICKED = 4010


class Commands(ServerCase):
    settings = {"limits.messagesPerSecond": 0}

    def setUp(self):
        super().setUp()
        self.udp = self.backend()

    def member(self, source="app", uid=None):
        """A client, its uid and its session id."""
        chat = self.connect(uid or unique("u"), source)
        return chat, chat.uid, chat.session

    def test_to_uid(self):
        chat, uid, _ = self.member()
        other, _, _ = self.member("pc", uid)
        for means in ("to_uid", "toUid"):
            with self.subTest(means):
                reply = self.udp.ask(means, {"to_uid": uid, "uid": "shop", "time": "1599877568", "content": means})
                frame = chat.receive()
                self.assertEqual(reply, {"onLine": 1, "id": frame["id"], "code": 200})
                self.assertRegex(
                    frame.text,
                    rf'^{{"id":"\d{{19}}","uid":"shop","to_uid":"{uid}","type":"chat","time":1599877568,"state":1,'
                    rf'"content":"{means}"}}$',
                )
                self.assertEqual(other.receive().text, frame.text)

    def test_to_uid_is_the_default(self):
        chat, uid, _ = self.member()
        self.udp.send({"sk": self.udp.secret, "data": {"to_uid": uid, "content": 1}})
        self.assert_has(chat.receive(), content=1, uid="0")

    def test_flat_form(self):
        chat, uid, _ = self.member()
        reply = self.udp.exchange({"sk": self.udp.secret, "to_uid": uid, "content": {"a": 1}, "note": "n", "uid": 5})
        frame = chat.receive()
        self.assertEqual((reply["onLine"], reply["id"]), (1, frame["id"]))
        self.assert_has(frame, content={"a": 1}, note="n", uid="5")
        self.assertNotIn(self.udp.secret, frame.text)

    def test_nobody_there(self):
        uid = unique("offline")
        reply = self.udp.ask("to_uid", {"to_uid": uid, "content": 1}, ack="stored")
        self.assert_has(reply, onLine=0, code=200)
        row, = self.server.rows("to_uid = ?", uid)
        self.assert_has(row, id=int(reply["id"]), uid="0", state=0, content="1")

    def test_to_uid_with_an_array(self):
        chats = [self.member() for _ in range(3)]
        uids = [uid for _, uid, _ in chats] + [unique("offline")]
        reply = self.udp.ask("to_uid", {"to_uid": uids, "content": 1}, ack="stored")
        for chat, uid, _ in chats:
            self.assert_has(chat.receive(), id=reply["id"], to_uid=uid)
        self.assertEqual(len(self.server.rows("id = ?", int(reply["id"]))), 4)
        refused = self.udp.ask("to_uid", {"to_uid": [f"u{number}" for number in range(101)], "content": 1})
        self.assert_has(refused, onLine=0, code=400)

    def test_to_uid_all_with_a_list(self):
        chats = [self.member() for _ in range(3)]
        uids = [uid for _, uid, _ in chats[:2]] + [unique("offline")]
        for means in ("to_uid_all", "toAll"):
            with self.subTest(means):
                reply = self.udp.ask(means, {"uid_all": uids, "content": means}, ack="stored")
                self.assert_has(reply, onLine=1, code=200)
                for chat, _, _ in chats[:2]:
                    frame = chat.receive()
                    self.assert_has(frame, id=reply["id"], content=means, uid="0", state=1)
                    self.assertNotIn("to_uid", frame)
                self.assertEqual(chats[2][0].rest(), [])
                rows = self.server.rows("id = ?", int(reply["id"]))
                self.assertEqual({row["to_uid"]: row["state"] for row in rows}, {uids[0]: 1, uids[1]: 1, uids[2]: 0})

    def test_to_uid_all_reaches_everyone_online(self):
        chats = [self.member() for _ in range(3)]
        for number, data in enumerate(({}, {"uid_all": []}, {"uid_all": ""}, {"uid_all": None})):
            with self.subTest(data):
                reply = self.udp.ask("to_uid_all", {**data, "content": number}, ack="stored")
                for chat, _, _ in chats:
                    self.assert_has(chat.receive(), id=reply["id"], content=number)
                rows = {row["to_uid"] for row in self.server.rows("id = ?", int(reply["id"]))}
                self.assertLessEqual({uid for _, uid, _ in chats}, rows)

    def test_to_uid_all_takes_a_thousand(self):
        uids = [f"t{number}" for number in range(1000)]
        reply = self.udp.ask("to_uid_all", {"uid_all": uids, "content": 1}, ack="stored")
        self.assertEqual(len(self.server.rows("id = ?", int(reply["id"]))), 1000)
        self.assert_has(self.udp.ask("to_uid_all", {"uid_all": [*uids, "one more"], "content": 1}), code=400)

    def test_to_fd(self):
        chat, uid, fd = self.member()
        other, _, _ = self.member("pc", uid)
        for value in (fd, str(fd)):
            reply = self.udp.ask("to_fd", {"to_fd": value, "content": "you alone", "uid": "shop"})
            self.assert_has(reply, onLine=1, code=200)
            frame = chat.receive()
            self.assert_has(frame, content="you alone", uid="shop", type="chat")
            self.assertNotIn("to_uid", frame)
        self.assertEqual(other.rest(), [])
        self.assertEqual(self.server.rows("to_uid = ?", uid), [])
        self.assert_has(self.udp.ask("to_fd", {"to_fd": 2**52, "content": 1}), onLine=0, code=200)
        for bad in ("x", -1, 1.5, {}, True):
            self.assert_has(self.udp.ask("to_fd", {"to_fd": bad, "content": 1}), onLine=0, code=400)

    def test_to_fd_all(self):
        members = [self.member() for _ in range(3)]
        reply = self.udp.ask("to_fd_all", {"fd_all": [members[0][2], members[1][2], 2**50], "content": "some"})
        self.assert_has(reply, onLine=1, code=200)
        for chat, _, _ in members[:2]:
            self.assert_has(chat.receive(), content="some")
        self.assertEqual(members[2][0].rest(), [])
        reply = self.udp.ask("to_fd_all", {"content": "all"})
        self.assert_has(reply, onLine=1, code=200)
        for chat, uid, _ in members:
            frame = chat.receive()
            self.assert_has(frame, content="all")
            self.assertNotIn("to_uid", frame)
            self.assertEqual(self.server.rows("to_uid = ?", uid), [])

    def test_is_on_line(self):
        chat, uid, _ = self.member()
        for means in ("is_on_line", "isOnLine"):
            self.assert_has(self.udp.ask(means, {"to_uid": uid}), onLine=1, code=200)
            self.assert_has(self.udp.ask(means, {"to_uid": unique("x")}), onLine=0, code=200)
        self.assert_has(self.udp.exchange({"sk": self.udp.secret, "means": "is_on_line", "to_uid": uid}), onLine=1)
        self.assert_has(self.udp.ask("is_on_line", {}), onLine=0, code=400)
        self.assertEqual(chat.rest(), [])
        chat.close()
        self.assert_has(self.udp.ask("is_on_line", {"to_uid": uid}), onLine=0)

    def test_kick(self):
        uid = unique("u")
        app, pc, again = self.member("app", uid)[0], self.member("pc", uid)[0], self.member("weixin", uid)[0]
        self.assert_has(self.udp.ask("kick", {"uid": uid, "source": "pc", "message": 'out "now"'}), onLine=1, code=200)
        frames, code, _ = pc.until_closed()
        kicked = '{"type":"kick","code":441,"message":"out \\"now\\"","data":[]}'
        self.assertEqual([frame.text for frame in frames], [kicked])
        self.assertEqual(code, CLOSED_AS_KICKED)
        self.assertEqual(app.rest(), [])
        self.udp.ask("kick", {"uid": uid})
        for chat in (app, again):
            frames, code, _ = chat.until_closed()
            self.assertEqual(([frame["type"] for frame in frames], code), (["kick"], CLOSED_AS_KICKED))
        self.assert_has(self.udp.ask("kick", {"uid": uid}), onLine=0, code=200)
        self.assert_has(self.udp.ask("is_on_line", {"to_uid": uid}), onLine=0)

    def test_an_applications_own_means(self):
        reply = self.udp.ask("server_time")
        self.assertLess(abs(reply["time"] / 1000 - time.time()), 30)
        self.assertEqual(reply["code"], 200)

    def test_unknown_means(self):
        self.assert_has(self.udp.ask("to_moon", {"to_uid": "x", "content": 1}), onLine=0, code=400)

    def test_time_and_members(self):
        chat, uid, _ = self.member()
        data = {"to_uid": uid, "content": 1, "time": 1599877568, "extra": [1]}
        self.udp.ask("to_uid", {**data, "state": 7, "id": "5", "code": 1, "message": "m", "sk": "x"})
        frame = chat.receive()
        self.assertEqual(list(frame), ["id", "uid", "to_uid", "type", "time", "state", "content", "extra"])
        self.assert_has(frame, time=1599877568, state=1)
        self.assert_has(self.udp.ask("to_uid", {"to_uid": uid, "content": 1, "time": "soon"}), code=400)
        self.udp.ask("to_uid", {"to_uid": uid, "content": 1})
        self.assertLess(abs(chat.receive()["time"] - time.time()), 30)
