# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""History, unread counts, read marks and who is online (chat protocol, sections 4 and 6)."""

import signal
from urllib.parse import urlencode

from support import http
from support.case import ServerCase, unique
from support.replay_case import STRICT, EmbeddedCase, RedisMariaDBCase
from support.server import SERVER_KEY
from support.waiting import eventually


class Questions:
    """Asked by WebSocket, and by HTTP of a backend and of a user: the answers are the same."""

    def history(self, chat, peer, **members):
        """A page as the session gets it, after a look that HTTP gives the same."""
        answer = chat.ask({"type": "history", "with": peer, **members})
        self.assert_has(answer, type="history", **{"with": peer})
        asked = {"with": peer, **{name: value for name, value in members.items() if name != "client_id"}}
        for answered in (
            self.call("/chat/history", SERVER_KEY, uid=chat.uid, **asked),
            self.call("/chat/history", self.token(chat.uid), **asked),
        ):
            self.assertEqual(answered.status, 200, answered.text)
            self.assertEqual(list(answered.json["data"]), ["messages", "more"])
            for one, other in zip(answered.json["data"]["messages"], answer["messages"], strict=True):
                self.assertEqual({**one, "state": 0}, {**other, "state": 0})
            self.assertEqual(answered.json["data"]["more"], answer["more"])
        return answer

    def unread(self, chat):
        """The counts, from all three."""
        answer = chat.ask({"type": "unread"})
        self.assertEqual(answer["type"], "unread")
        for answered in (
            self.call("/chat/unread", SERVER_KEY, uid=chat.uid), self.call("/chat/unread", self.token(chat.uid)),
        ):
            self.assertEqual((answered.status, answered.json["data"]), (200, answer["data"]))
        return answer["data"]

    def call(self, path, credential, port=None, **parameters):
        query = f"?{urlencode(parameters)}" if parameters else ""
        headers = http.bearer(credential) if credential else {}
        return http.get(port or self.server.http_port, path + query, headers=headers)

    def talk(self, count=10):
        """Two users and a third: what the two have said, oldest first."""
        alice, bob = self.enter(unique("alice")), unique("bob")
        ids = []
        for number in range(count):
            pair = (bob, alice.uid) if number % 2 else (alice.uid, bob)
            ids += self.store(pair[0], [{"number": number}], pair[1])
            if number % 5 == 0:
                self.store(bob, ["noise"], unique("carol"))
                self.store(unique("carol"), ["noise"], bob)
        self.take(alice, (count + 1) // 2)
        return alice, bob, ids


class History(Questions):
    def test_pages_of_both_directions_newest_first(self):
        alice, bob, ids = self.talk(11)
        found, before = [], {}
        for expected in (4, 4, 3):
            page = self.history(alice, bob, limit=4, client_id="h1", **before)
            self.assertEqual((len(page["messages"]), page["more"], page["client_id"]), (expected, expected == 4, "h1"))
            found += page["messages"]
            before = {"before": found[-1]["id"]}
        self.assertEqual([frame["id"] for frame in found], ids[::-1])
        self.assertEqual([frame["content"]["number"] for frame in found], list(range(11))[::-1])
        for frame in found:
            own = frame["content"]["number"] % 2 == 1
            self.assert_has(
                frame, uid=alice.uid if own else bob, to_uid=bob if own else alice.uid, type="chat"
            )
            self.assertIsInstance(frame["time"], int)
            self.assertIn(frame["state"], (0, 1))
        # The last page may end with the last message: there is none behind it.
        self.assert_has(self.history(alice, bob, limit=11), more=False)
        self.assert_has(self.history(alice, bob, limit=10), more=True)
        self.assert_has(self.history(alice, bob, before=ids[0]), messages=[], more=False)

    def test_fifty_unless_told_otherwise(self):
        alice, bob = self.enter(unique("alice")), unique("bob")
        ids = self.store(bob, range(130), alice.uid)
        page = self.history(alice, bob)
        self.assertEqual([frame["id"] for frame in page["messages"]], ids[:-51:-1])
        self.assertTrue(page["more"])
        self.assertNotIn("client_id", page)
        self.assertEqual(len(self.history(alice, bob, limit=100)["messages"]), 100)
        self.assertEqual(len(self.history(alice, bob, limit=1)["messages"]), 1)

    def test_nobody_and_oneself(self):
        alice = self.enter(unique("alice"))
        self.assert_has(self.history(alice, unique("nobody")), messages=[], more=False)
        ids = self.store(alice.uid, range(3), alice.uid)
        self.take(alice, 3)
        self.assertEqual([frame["id"] for frame in self.history(alice, alice.uid)["messages"]], ids[::-1])

    def test_one_message_to_many_is_one_in_each_conversation(self):
        alice, peers = self.enter(unique("alice")), [unique("bob") for _ in range(3)]
        alice.message(peers, "to all", client_id="c")
        id = alice.receive()["id"]
        for peer in peers:
            message, = self.history(alice, peer)["messages"]
            self.assert_has(message, id=id, to_uid=peer, uid=alice.uid, content="to all")

    def test_content_is_byte_for_byte_what_was_sent(self):
        alice, bob = self.enter(unique("alice")), unique("bob")
        written = '{ "b":1.50,\t"a":[ ] ,"c":"\\u00e9\\/" }'
        alice.send(f'{{"to_uid":"{bob}","content":{written},"client_id":"c"}}')
        self.assert_has(alice.receive(), type="ack", code=200)
        self.assertIn('"content":' + written, alice.ask({"type": "history", "with": bob}).text)
        self.assertIn('"content":' + written, self.call("/chat/history", SERVER_KEY, uid=bob, **{"with": alice.uid}).text)

    def test_a_page_ends_at_128_kib(self):
        alice, bob = self.enter(unique("alice")), unique("bob")
        ids = self.store(bob, ["x" * 30_000] * 10, alice.uid)
        found, before, pages = [], {}, 0
        while True:
            page = self.history(alice, bob, **before)
            self.assertLessEqual(len(page["messages"]), 5)
            self.assertGreaterEqual(len(page["messages"]), 1)
            found += [frame["id"] for frame in page["messages"]]
            before, pages = {"before": found[-1]}, pages + 1
            if not page["more"]:
                break
        self.assertEqual((found, pages >= 2), (ids[::-1], True))

    def test_a_page_has_one_message_however_large(self):
        alice, bob = self.enter(unique("alice")), unique("bob")
        self.store(bob, ["x" * 65_000] * 3, alice.uid)
        page = self.history(alice, bob)
        self.assertIn(len(page["messages"]), (1, 2))
        self.assertTrue(page["more"])

    def test_what_is_refused(self):
        alice = self.enter(unique("alice"))
        bad = [
            {"limit": 0}, {"limit": -1}, {"limit": 101}, {"limit": "x"}, {"limit": 1.5}, {"limit": 1 << 80},
            {"limit": []}, {"before": "x"}, {"before": -1}, {"before": {}}, {"before": "1" * 40}, {"with": ""},
            {"with": "a b"}, {"with": "x" * 65}, {"with": ["bob"]}, {"with": None},
        ]
        for members in bad:
            with self.subTest(members):
                answer = alice.ask({"type": "history", "with": "bob", "client_id": "h", **members})
                self.assert_has(answer, type="error", code=400, client_id="h")
        self.assert_has(alice.ask({"type": "history"}), type="error", code=400)
        for members in bad:
            if all(isinstance(value, (int, str)) for value in members.values()):
                with self.subTest(f"HTTP {members}"):
                    answer = self.call("/chat/history", SERVER_KEY, uid=alice.uid, **{"with": "bob", **members})
                    self.assertEqual((answer.status, answer.json["code"], answer.json["data"]), (400, 400, []))

    def test_many_questions_at_once_are_answered_or_refused_each(self):
        """One at a time, and the session goes on."""
        alice, bob, ids = self.talk(4)
        for number in range(50):
            alice.send({"type": "history", "with": bob, "client_id": f"h{number}"})
        answers = [alice.receive() for _ in range(50)]
        self.assertEqual([answer["client_id"] for answer in answers if answer["type"] == "history"][:1], ["h0"])
        self.assertEqual({answer["client_id"] for answer in answers}, {f"h{number}" for number in range(50)})
        for answer in answers:
            if answer["type"] == "history":
                self.assertEqual([frame["id"] for frame in answer["messages"]], ids[::-1])
            else:
                self.assertIn(answer["code"], (429, 503))
        self.assertEqual(alice.rest(), [])

    def test_who_may_ask(self):
        uid = unique("alice")
        token, asked = self.token(uid), {"with": "bob"}
        for port in (self.server.http_port, self.server.ws_port):
            for path in ("/chat/history", "/chat/unread"):
                cases = [
                    (SERVER_KEY, {}, 400), (SERVER_KEY, {"uid": uid}, 200), (token, {}, 200), (token, {"uid": uid}, 200),
                    (token, {"uid": "bob"}, 403), (None, {"uid": uid}, 401), ("wrong", {"uid": uid}, 401),
                    (None, {"uid": uid, "sk": "wrong"}, 401), (None, {"uid": uid, "sk": SERVER_KEY}, 200),
                    (None, {"access_token": token}, 200), (None, {"access_token": token, "uid": "bob"}, 403),
                    (None, {"access_token": "wrong"}, 401),
                ]
                for credential, parameters, status in cases:
                    with self.subTest((port, path, parameters, status)):
                        answer = self.call(path, credential, port, **asked, **parameters)
                        self.assertEqual((answer.status, answer.json["code"]), (status, status), answer.text)


class HistoryEmbedded(History, EmbeddedCase):
    pass


class HistoryRedisMariaDB(History, RedisMariaDBCase):
    def test_an_archive_that_is_away_is_said_and_the_next_question_is_answered(self):
        alice, bob, ids = self.talk(4)
        for stop, go_on in (
            (lambda: self.mariadb.process.signal(signal.SIGSTOP), lambda: self.mariadb.process.signal(signal.SIGCONT)),
            (self.mariadb.kill, self.mariadb.start),
        ):
            stop()
            for question in ({"type": "history", "with": bob}, {"type": "unread"}):
                alice.send({**question, "client_id": question["type"]})
                # A replay that the outage ends is said as well, to nobody's question.
                while "client_id" not in (answer := alice.receive(20)):
                    self.assert_has(answer, type="history", code=503)
                self.assert_has(answer, code=503, client_id=question["type"])
            self.assertEqual(self.call("/chat/history", SERVER_KEY, uid=bob, **{"with": alice.uid}).status, 503)
            go_on()
            eventually("it answers", lambda: self.call("/chat/unread", SERVER_KEY, uid=bob).status == 200, 20)
            answer = alice.ask({"type": "history", "with": bob}, 20)
            self.assertEqual([frame["id"] for frame in answer["messages"]], ids[::-1])


class ReadMarks(Questions):
    def test_unread_counts_by_peer_and_drops_with_the_mark(self):
        alice, carol, bob = unique("alice"), unique("carol"), self.enter(unique("bob"))
        self.assertEqual(self.unread(bob), {})
        ids = [*self.store(bob.uid, range(3), alice), *self.store(bob.uid, range(2), carol)]
        self.take(bob, 5)
        self.store(alice, ["own"], bob.uid)
        self.assertEqual(self.unread(bob), {alice: 3, carol: 2})
        for mark, left in ((ids[1], 1), (ids[0], 1), (ids[1], 1), (ids[2], 0)):
            bob.send({"type": "read", "uid": alice, "id": mark})
            self.assertEqual(self.unread(bob), {carol: 2, **({alice: left} if left else {})})
        self.store(bob.uid, ["more"], alice)
        self.take(bob, 1)
        self.assertEqual(self.unread(bob), {alice: 1, carol: 2})
        rows = self.select(f"SELECT peer, id FROM read_cursor WHERE uid = '{bob.uid}'")
        self.assertEqual(rows, [[alice, ids[2]]])

    def test_a_mark_reaches_the_peer_and_the_readers_other_terminals(self):
        alice, bob = unique("alice"), unique("bob")
        peers = [self.enter(alice), self.enter(alice, "pc")]
        own = [self.enter(bob), self.enter(bob, "pc"), self.enter(bob, "weixin")]
        carol = self.enter(unique("carol"))
        id, = self.store(bob, ["hi"], alice)
        for chat in own:
            self.take(chat, 1)
        own[1].send({"type": "read", "uid": alice, "id": id})
        for chat in (*peers, own[0], own[2]):
            frame = chat.receive()
            self.assertEqual(dict(frame), {"type": "read", "uid": bob, "id": id})
        self.assertEqual(own[1].rest() + carol.rest(), [])
        for chat in (*peers, own[0], own[2]):
            self.assertEqual(chat.rest(), [])

    def test_a_mark_never_goes_back(self):
        alice, bob = self.enter(unique("alice")), self.enter(unique("bob"))
        ids = self.store(bob.uid, range(5), alice.uid)
        self.take(bob, 5)
        bob.send({"type": "read", "uid": alice.uid, "id": ids[3]})
        self.assert_has(alice.receive(), type="read", id=ids[3])
        bob.send({"type": "read", "uid": alice.uid, "id": ids[0]})
        self.assertEqual(self.unread(bob), {alice.uid: 1})

    def test_a_mark_that_would_go_back_changes_nothing(self):
        alice, bob = self.enter(unique("alice")), self.enter(unique("bob"))
        ids = self.store(bob.uid, range(5), alice.uid)
        self.take(bob, 5)
        bob.send({"type": "read", "uid": alice.uid, "id": ids[3]})
        self.assert_has(alice.receive(), type="read", id=ids[3])
        bob.send({"type": "read", "uid": alice.uid, "id": ids[0]})
        self.assertEqual(self.unread(bob), {alice.uid: 1})

    def test_a_mark_is_kept_over_a_kill_9(self):
        alice, bob = unique("alice"), self.enter(unique("bob"))
        ids = self.store(bob.uid, range(5), alice)
        self.take(bob, 5)
        bob.send({"type": "read", "uid": alice, "id": ids[2]})
        self.assertEqual(self.unread(bob), {alice: 2})
        self.server.kill()
        self.server.start()
        self.assertEqual(self.unread(self.enter(bob.uid, "pc")), {alice: 2})

    def test_what_is_refused(self):
        bob = self.enter(unique("bob"))
        good = {"uid": "alice", "id": str(1 << 60)}
        for members in ({"uid": ""}, {"uid": "a b"}, {"uid": ["a"]}, {"id": "x"}, {"id": ""}, {"id": {}}, {"id": -1}):
            with self.subTest(members):
                self.assert_has(bob.ask({"type": "read", **good, **members}), type="error", code=400)
        for missing in good:
            with self.subTest(missing):
                frame = {name: value for name, value in good.items() if name != missing}
                self.assert_has(bob.ask({"type": "read", **frame}), type="error", code=400)
        self.assertEqual(self.unread(bob), {})

    def test_counts_are_of_what_came_while_away_as_well(self):
        alice, uid = unique("alice"), unique("bob")
        ids = self.store(uid, range(7), alice)
        answer = self.call("/chat/unread", SERVER_KEY, uid=uid)
        self.assertEqual(answer.json["data"], {alice: 7})
        bob = self.enter(uid)
        self.take(bob, 7)
        self.assertEqual(self.unread(bob), {alice: 7})
        bob.send({"type": "read", "uid": alice, "id": ids[-1]})
        self.assertEqual(self.unread(bob), {})


class ReadMarksEmbedded(ReadMarks, EmbeddedCase):
    pass


class ReadMarksRedisMariaDB(ReadMarks, RedisMariaDBCase):
    pass


class Online(ServerCase):
    def test_who_is_online(self):
        alice, bob, nobody = self.connect(unique("alice")), self.connect(unique("bob")), unique("nobody")
        answer = alice.ask({"type": "online", "uid": [alice.uid, bob.uid, nobody]})
        self.assertEqual(dict(answer), {"type": "online", "data": {alice.uid: 1, bob.uid: 1, nobody: 0}})
        uid = bob.uid
        bob.close()
        self.assertEqual(alice.ask({"type": "online", "uid": [uid]})["data"], {uid: 0})

    def test_a_hundred_at_most(self):
        alice, uids = self.connect(unique("alice")), [f"u{number}" for number in range(101)]
        self.assertEqual(alice.ask({"type": "online", "uid": uids[:100]})["data"], dict.fromkeys(uids[:100], 0))
        for bad in (uids, [], None, {}, ["a b"], [[]], "a,b c", True):
            with self.subTest(bad):
                self.assert_has(alice.ask({"type": "online", "uid": bad}), type="error", code=400)


class OnlineRefused(ServerCase):
    settings = {"chat.onlineQuery": "none"}

    def test_nobody_may_ask_but_a_backend(self):
        alice = self.connect(unique("alice"))
        self.assert_has(alice.ask({"type": "online", "uid": [alice.uid], "client_id": "o"}), type="error", code=403)
        answer = http.get(self.server.http_port, f"/chat/online?uid={alice.uid}", headers=http.bearer(SERVER_KEY))
        self.assertEqual((answer.status, answer.json["data"]), (200, {alice.uid: 1}))


class NoArchive(ServerCase):
    settings = {**STRICT, "storage.archive": "off"}

    def test_says_that_there_is_nothing_to_read(self):
        uid = unique("alice")
        token = self.server.issue(uid)
        for path in ("/chat/history?with=bob&uid=", "/chat/unread?uid="):
            for credential in (SERVER_KEY, token):
                answer = http.get(self.server.http_port, path + uid, headers=http.bearer(credential))
                self.assertEqual((answer.status, answer.json["code"]), (501, 501))
        alice = self.open(token).expect_login()
        for question in ({"type": "history", "with": "bob"}, {"type": "unread"}):
            with self.subTest(question):
                answer = alice.ask({**question, "client_id": "q"})
                self.assert_has(answer, code=501, client_id="q")
        self.assertEqual(alice.rest(), [])

    def test_login_and_live_messages_work(self):
        alice, bob = self.connect(unique("alice")), self.connect(unique("bob"), since="0")
        bob.send({"type": "ack", "id": "1" * 19})
        alice.message(bob.uid, "live")
        self.assert_has(bob.receive(), state=1, content="live")
