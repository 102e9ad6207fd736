# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""What a terminal missed comes at its next login (chat protocol, section 6)."""

import threading

from support.case import unique
from support.replay_case import EmbeddedCase, RedisMariaDBCase
from support.waiting import eventually


class Missed:
    replay_settings = {"archive.replayLimit": 20}

    def test_in_order_behind_the_login_and_before_what_is_live(self):
        alice, uid = self.enter(unique("alice")), unique("bob")
        self.visit(uid)
        contents = [{"number": number, "é": "\U0001f600"} for number in range(205)]
        ids = self.store(uid, contents, alice.uid)
        bob = self.enter(uid)
        frames = self.take(bob, 205)
        self.assert_replayed(frames, ids)
        for frame, content in zip(frames, contents):
            self.assert_has(frame, uid=alice.uid, to_uid=uid, type="chat", content=content)
            self.assertIsInstance(frame["time"], int)
        alice.message(uid, "live")
        self.assert_has(bob.receive(), state=1, content="live")
        self.assertEqual(bob.rest(), [])

    def test_content_is_byte_for_byte_what_was_sent(self):
        alice, uid = self.enter(unique("alice")), unique("bob")
        written = '{ "b":1.50,\t"a":[ ] ,"c":"\\u00e9\\/" }'
        alice.send(f'{{"to_uid":"{uid}","content":{written},"client_id":"c"}}')
        self.assert_has(alice.receive(), type="ack", code=200)
        self.assertEqual(self.enter(uid).receive().raw["content"], written)

    def test_messages_of_every_ingress_and_to_many(self):
        alice, uid, other = self.enter(unique("alice")), unique("bob"), unique("carol")
        self.visit(uid)
        udp = self.backend()
        asked = {"content": "udp", "uid": "7", "type": "note"}
        ids = [
            udp.ask("to_uid", {"to_uid": [other, uid], **asked}, ack="stored")["id"],
            udp.ask("to_uid_all", {"uid_all": [other, uid], **asked}, ack="stored")["id"], *self.store(uid, ["http"]),
            alice.ask({"to_uid": [uid, other], "content": "ws", "client_id": "c"})["id"],
        ]
        frames = self.take(self.enter(uid), 4)
        self.assert_replayed(frames, ids)
        self.assertEqual([frame["content"] for frame in frames], ["udp", "udp", "http", "ws"])
        self.assertEqual([frame["type"] for frame in frames], ["note", "note", "chat", "chat"])
        self.assert_replayed(self.take(self.enter(other), 3), [ids[0], ids[1], ids[3]])

    def test_typing_and_to_fd_are_nothing_to_miss(self):
        alice, uid = self.enter(unique("alice")), unique("bob")
        self.visit(uid)
        alice.send({"type": "typing", "to_uid": uid})
        self.assertEqual(alice.rest(), [])
        self.backend().ask("to_fd", {"to_fd": 1 << 50, "content": 1})
        self.assertEqual(self.rest_by_mark(self.enter(uid)), [])

    def test_each_terminal_has_a_cursor_of_its_own(self):
        """That one of them has a message, and the archive says so, is nothing to the other."""
        uid = unique("bob")
        self.visit(uid, "pc")
        app = self.enter(uid)
        ids = self.store(uid, range(30))
        self.assertEqual([(frame["id"], frame["state"]) for frame in self.take(app, 30)], [(id, 1) for id in ids])
        eventually("all are marked as delivered", lambda: set(self.states(uid)) == {1})
        pc = self.enter(uid, "pc")
        self.assert_replayed(self.take(pc, 30), ids)
        self.assertEqual(self.rest_by_mark(pc), [])
        self.assertEqual([frame["content"] for frame in self.take(app, 1)], ["mark"])

    def test_first_login_begins_at_the_oldest_that_nobody_has(self):
        uid = unique("bob")
        ids = self.store(uid, range(3))
        app = self.enter(uid)
        self.assert_replayed(self.take(app, 3), ids)
        eventually("all are marked as delivered", lambda: self.states(uid) == [1, 1, 1])
        self.leave(app)
        pc = self.enter(uid, "pc")
        ids = self.store(uid, ["live"])
        self.assertEqual([frame["id"] for frame in self.take(pc, 1)], ids)
        eventually("that is marked as well", lambda: self.states(uid) == [1] * 4)
        pc.close()
        later = self.store(uid, range(2))
        self.assert_replayed(self.take(self.enter(uid, "weixin"), 2), later)
        self.assert_replayed(self.take(self.enter(uid, "app"), 3), ids + later)

    def test_first_login_takes_all_from_there_on(self):
        """Also what another terminal has got meanwhile."""
        uid = unique("bob")
        newest = int(self.store(unique("x"), [0])[0])
        rows = [(newest - 4 + number, state) for number, state in enumerate([1, 0, 1, 0])]
        for id, state in rows:
            self.change(f"INSERT INTO chat VALUES ({id}, 'a', '{uid}', 'chat', '{state}', {state}, 1600000000, 1600000000)")
        bob = self.enter(uid)
        frames = self.take(bob, 3)
        self.assert_replayed(frames, [str(id) for id, _ in rows[1:]])
        self.assertEqual({frame["time"] for frame in frames}, {1600000000})
        self.assertEqual(self.rest_by_mark(bob), [])

    def test_nothing_is_repeated_after_a_clean_close(self):
        """However often, and whether it came live or later."""
        uid = unique("bob")
        self.visit(uid)
        for round in range(5):
            missed = self.store(uid, range(25))
            bob = self.enter(uid)
            self.assert_replayed(self.take(bob, 25), missed)
            live = self.store(uid, range(5))
            self.assertEqual([frame["id"] for frame in self.take(bob, 5)], live)
            self.leave(bob)

    def test_a_first_login_counts_before_it_is_written(self):
        """Cursors are written once a second. Who comes back sooner misses nothing that another terminal has got."""
        for _ in range(3):
            uid = unique("bob")
            app = self.enter(uid)
            for source in ("pc", "weixin"):
                chat = self.enter(uid, source)
                self.assertEqual(chat.rest(), [])
                chat.close()
            ids = self.store(uid, ["to app"])
            self.assertEqual([frame["state"] for frame in self.take(app, 1)], [1])
            for source in ("pc", "weixin"):
                self.assert_replayed(self.take(self.enter(uid, source), 1), ids)

    def test_nothing_old_is_repeated_to_who_comes_back_at_once(self):
        """Before the archive has the cursor."""
        uid, busy = unique("bob"), unique("busy")
        self.visit(uid)
        for round in range(3):
            bob = self.enter(uid)
            live = self.store(uid, range(5))
            self.assertEqual([frame["id"] for frame in self.take(bob, 5)], live)
            # The cursor of another has just been written: this one has to wait.
            self.visit(busy)
            self.assertEqual(bob.rest(), [])
            bob.close()
            again = self.enter(uid)
            self.assertEqual(self.rest_by_mark(again), [])
            self.leave(again)

    def test_a_second_login_of_the_terminal_goes_on_where_the_first_was(self):
        uid = unique("bob")
        self.visit(uid)
        first = self.enter(uid)
        ids = self.store(uid, range(5))
        self.take(first, 5)
        self.assertEqual(first.rest(), [])
        second = self.enter(uid)
        frames = self.rest_by_mark(second)
        # The latest may have been on its way to the first.
        self.assertEqual([frame["id"] for frame in frames], ids[len(ids) - len(frames) :])
        self.assertEqual(first.until_closed()[1], 4010)

    def test_cursors_and_states_are_in_the_archive(self):
        uid = unique("bob")
        self.visit(uid, "pc")
        self.visit(uid)
        missed = self.store(uid, range(50))
        eventually("none is delivered", lambda: self.states(uid)[-50:] == [0] * 50)
        bob = self.enter(uid)
        self.take(bob, 50)
        before = self.cursors(uid)["pc"]
        eventually("the cursor is written", lambda: self.cursors(uid)["app"] == missed[-1], 5)
        eventually("all are delivered", lambda: set(self.states(uid)) == {1}, 5)
        self.assertEqual((set(self.cursors(uid)), self.cursors(uid)["pc"]), ({"app", "pc"}, before))
        live, = self.store(uid, ["live"])
        self.take(bob, 1)
        # Of who is silent nobody knows whether it has come.
        self.assertEqual(bob.rest(), [])
        eventually("it moves with what is live", lambda: self.cursors(uid)["app"] == live, 5)

    def test_typing_and_acks_pass_what_is_being_replayed(self):
        alice, uid = self.enter(unique("alice")), unique("bob")
        self.visit(uid)
        ids = self.store(uid, ["x" * 1000] * 1000)
        bob = self.enter(uid)
        bob.message(alice.uid, "mine", client_id="c")
        alice.receive()
        alice.send({"type": "typing", "to_uid": uid})
        frames = [bob.receive() for _ in range(1002)]
        self.assert_replayed([frame for frame in frames if frame["type"] == "chat"], ids)
        self.assertEqual(sorted(frame["type"] for frame in frames if frame["type"] != "chat"), ["ack", "typing"])


class MissedEmbedded(Missed, EmbeddedCase):
    pass


class MissedRedisMariaDB(Missed, RedisMariaDBCase):
    def test_states_are_raised_many_at_a_time(self):
        uid = unique("bob")
        self.store(uid, range(1000))
        before = self.updates()
        self.take(self.enter(uid), 1000)
        eventually("all are delivered", lambda: set(self.states(uid)) == {1}, 10)
        self.assertLess(self.updates() - before, 200)

    def updates(self):
        found = self.mariadb.query("SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_update', 'Com_insert', 'Com_replace')")
        return sum(int(count) for _, count in found)


class Acks:
    def acknowledge(self, chat, id):
        """Acknowledges a message, and waits until the archive has that."""
        chat.send({"type": "ack", "id": id})
        data = chat.login["data"]
        eventually("the ack is kept", lambda: self.cursors(data["uid"]).get(data["source"]) == id, 5)

    def test_only_acks_move_the_cursor_of_who_asked_for_that(self):
        uid = unique("bob")
        self.visit(uid)
        ids = self.store(uid, range(5))
        for _ in range(2):
            bob = self.enter(uid, ack=1)
            self.assert_replayed(self.take(bob, 5), ids)
            bob.rest()
            bob.close()
        bob = self.enter(uid, ack=1)
        self.take(bob, 5)
        self.acknowledge(bob, ids[1])
        live = self.store(uid, ["live"])
        self.assertEqual([frame["id"] for frame in self.take(bob, 1)], live)
        self.assertEqual(bob.rest(), [])
        bob.close()
        bob = self.enter(uid, ack=1)
        self.assert_replayed(self.take(bob, 4), ids[2:] + live)
        bob.send({"type": "ack", "id": live[0]})
        self.leave(bob)
        self.assertEqual(self.rest_by_mark(self.enter(uid, ack=1)), [])

    def test_an_ack_does_not_go_back_and_not_beyond_what_was_sent(self):
        uid = unique("bob")
        self.visit(uid)
        ids = self.store(uid, range(5))
        bob = self.enter(uid, ack=1)
        self.take(bob, 5)
        self.acknowledge(bob, ids[3])
        for id in (ids[0], "1" + "0" * 18):
            bob.send({"type": "ack", "id": id})
        self.assertEqual(bob.rest(), [])
        bob.close()
        bob = self.enter(uid, ack=1)
        self.assert_replayed(self.take(bob, 1), ids[4:])
        bob.send({"type": "ack", "id": str(int(ids[4]) + (1 << 50))})
        bob.rest()
        bob.close()
        eventually("it is what was sent here", lambda: self.cursors(uid)["app"] == ids[4], 5)
        later = self.store(uid, ["later"])
        bob = self.enter(uid, ack=1)
        self.assert_replayed(self.take(bob, 1), later)

    def test_a_bad_ack_moves_nothing_and_the_session_goes_on(self):
        uid = unique("bob")
        self.visit(uid)
        ids = self.store(uid, range(3))
        bob = self.enter(uid, ack=1)
        self.take(bob, 3)
        for id in (None, "", "x", -1, "-1", 1.5, True, [], {}, "9" * 40, " ", ids[2] + "0", "+" + ids[2]):
            bob.send({"type": "ack", "id": id})
        bob.send({"type": "ack"})
        self.assertEqual({frame["type"] for frame in bob.rest()} - {"error"}, set())
        bob.close()
        self.assertEqual([frame["id"] for frame in self.rest_by_mark(self.enter(uid, ack=1))], ids)

    def test_an_ack_of_who_did_not_ask_for_that_holds_nothing_back(self):
        uid = unique("bob")
        self.visit(uid)
        ids = self.store(uid, range(3))
        bob = self.enter(uid)
        self.take(bob, 3)
        bob.send({"type": "ack", "id": ids[0]})
        self.leave(bob)
        self.assertEqual(self.rest_by_mark(self.enter(uid)), [])

    def test_unacknowledged_messages_survive_restarts(self):
        uid = unique("bob")
        self.visit(uid)
        ids = self.store(uid, range(4))
        for end in (self.server.stop, self.server.kill, self.server.kill):
            bob = self.enter(uid, ack=1)
            self.assert_replayed(self.take(bob, 4), ids)
            end()
            self.server.start()
        bob = self.enter(uid, ack=1)
        self.take(bob, 4)
        bob.send({"type": "ack", "id": ids[3]})
        bob.rest()
        self.server.stop()
        self.server.start()
        self.assertEqual(self.rest_by_mark(self.enter(uid, ack=1)), [])


class AcksEmbedded(Acks, EmbeddedCase):
    pass


class AcksRedisMariaDB(Acks, RedisMariaDBCase):
    pass


class Since:
    def test_replaces_the_cursor_for_the_connection(self):
        uid = unique("bob")
        self.visit(uid)
        ids = self.store(uid, range(10))
        self.assert_replayed(self.take(self.enter(uid, since=ids[6]), 3), ids[7:])
        for since in range(10):
            bob = self.enter(uid, since=ids[since])
            frames = self.rest_by_mark(bob)
            self.assertEqual([frame["id"] for frame in frames if frame["content"] != "mark"], ids[since + 1 :])
            bob.close()

    def test_all_there_is(self):
        """From the beginning, although the terminal has had all of it."""
        uid = unique("bob")
        ids = self.store(uid, range(10))
        self.take(self.enter(uid), 10)
        bob = self.enter(uid, since=0)
        self.assert_replayed(self.take(bob, 10), ids)

    def test_beyond_the_newest_gives_nothing_and_hides_nothing(self):
        uid = unique("bob")
        self.visit(uid)
        newest = self.store(uid, range(3))[-1]
        bob = self.enter(uid, since=str(int(newest) + (1 << 50)))
        live = self.store(uid, ["live"])
        self.assertEqual([frame["id"] for frame in self.take(bob, 1)][-1:], live)

    def test_one_that_is_no_id_does_not_break_the_login(self):
        uid = unique("bob")
        for since in ("x", "-1", "", "9" * 60, "1.5", "%00"):
            with self.subTest(since):
                bob = self.open(self.token(uid), since=since)
                self.assertEqual(bob.receive()["type"], "login")
                bob.close()


class SinceEmbedded(Since, EmbeddedCase):
    pass


class SinceRedisMariaDB(Since, RedisMariaDBCase):
    pass


class Live:
    replay_settings = {"archive.replayLimit": 50, "server.loops": 2}

    def test_traffic_during_a_long_replay(self):
        """Nothing overtakes, nothing comes twice, nothing is missing."""
        senders, uid = [self.enter(unique("alice")) for _ in range(3)], unique("bob")
        self.visit(uid)
        missed = self.store(uid, ["x" * 1000] * 2000)
        acks = {sender.uid: [] for sender in senders}
        enough = threading.Event()

        def send(sender):
            number = 0
            while not enough.is_set() or number < 300:
                sender.message(uid, number, client_id=f"c{number}")
                acks[sender.uid].append(sender.receive(30)["id"])
                number += 1

        threads = [threading.Thread(target=send, args=[sender]) for sender in senders]
        for thread in threads:
            thread.start()
        bob, frames = self.enter(uid), []
        while len(frames) < 2900:
            frames.append(bob.receive(30))
            if len(frames) == 2000:
                enough.set()
        for thread in threads:
            thread.join()
        frames += self.rest_by_mark(bob)
        ids = [frame["id"] for frame in frames]
        replayed = [frame["id"] for frame in frames if frame["state"] == 0]
        sent = set(missed).union(*acks.values())
        self.assertEqual(len(ids), len(set(ids)), "twice")
        self.assertEqual(set(ids), sent)
        self.assertEqual(replayed, ids[: len(replayed)], "a live message overtook one that was missed")
        self.assertEqual(replayed, sorted(replayed))
        self.assertEqual(replayed[: len(missed)], missed)
        self.assertGreater(min(ids[len(replayed) :]), max(missed))
        for sender, own in acks.items():
            self.assertEqual([frame["id"] for frame in frames if frame["uid"] == sender], own)

    def test_many_terminals_log_in_under_traffic(self):
        """Over and over: what each has seen in all is everything, once, and in order."""
        alice, uid = self.enter(unique("alice")), unique("bob")
        for source in ("app", "pc", "weixin"):
            self.visit(uid, source)
        acknowledged, stop = [], threading.Event()

        def send():
            while not stop.is_set():
                alice.message(uid, len(acknowledged), client_id=f"c{len(acknowledged)}")
                acknowledged.append(alice.receive(30)["id"])

        thread = threading.Thread(target=send)
        thread.start()
        seen = {"app": [], "pc": [], "weixin": []}
        try:
            for round in range(15):
                for source, ids in seen.items():
                    bob = self.enter(uid, source)
                    ids += [frame["id"] for frame in self.take(bob, 10) if frame["content"] != "mark"]
                    bob.send({"type": "ping"})
                    while (frame := bob.receive())["type"] != "pong":
                        ids.append(frame["id"])
                    bob.socket.close()
                    ids += [frame["id"] for frame in bob.until_closed()[0]]
        finally:
            stop.set()
            thread.join()
        for source, ids in seen.items():
            bob = self.enter(uid, source)
            ids += [frame["id"] for frame in self.rest_by_mark(bob) if frame["content"] != "mark"]
            with self.subTest(source):
                self.assertEqual(set(acknowledged) - set(ids), set(), "missing")
                self.assertEqual(sorted(set(ids)), sorted(acknowledged))


class LiveEmbedded(Live, EmbeddedCase):
    pass


class LiveRedisMariaDB(Live, RedisMariaDBCase):
    pass
