# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""A server ends, well or not, and the next one brings its terminals what they missed."""

import time

from support.case import unique
from support.replay_case import EmbeddedCase, RedisMariaDBCase
from support.waiting import eventually


class Restarted:
    def test_clean_restart_repeats_nothing_and_loses_nothing(self):
        uid = unique("bob")
        self.visit(uid)
        for number in range(2):
            missed = self.store(uid, range(number, number + 20))
            bob = self.enter(uid)
            self.assert_replayed(self.take(bob, 20), missed)
            self.store(uid, range(5))
            self.take(bob, 5)
            self.assertEqual(bob.rest(), [])
            self.assertEqual(self.server.stop(), 0)
            self.assertEqual(bob.until_closed()[1], 4200)
            self.server.start()
        missed = self.store(uid, ["after"])
        self.assert_replayed(self.take(self.enter(uid), 1), missed)

    def test_restart_in_the_middle_of_a_replay(self):
        """What was read before the close counts, and the rest comes; what was on its way may come twice."""
        for end in (self.server.stop, self.server.kill):
            uid = unique("bob")
            self.visit(uid)
            missed = self.store(uid, ["x" * 1000] * 3000)
            bob = self.enter(uid)
            seen = [frame["id"] for frame in self.take(bob, 300)]
            end()
            seen += [frame["id"] for frame in bob.until_closed(30)[0]]
            self.assertEqual(seen, missed[: len(seen)])
            self.server.start()
            bob = self.enter(uid)
            first = bob.receive()["id"]
            self.assertLessEqual(missed.index(first), len(seen), "messages are missing")
            rest = missed[missed.index(first) + 1 :]
            self.assertEqual([frame["id"] for frame in self.take(bob, len(rest))], rest)

    def test_kill_9_repeats_only_what_is_young(self):
        uid = unique("bob")
        self.visit(uid)
        bob = self.enter(uid)
        old = self.store(uid, range(20))
        self.take(bob, 20)
        self.assertEqual(bob.rest(), [])
        eventually("their cursor is kept", lambda: self.cursors(uid)["app"] == old[-1], 5)
        young = self.store(uid, range(20))
        self.take(bob, 10)
        self.server.kill()
        bob.until_closed()
        self.server.start()
        later = self.store(uid, range(5))
        ids = [frame["id"] for frame in self.rest_by_mark(self.enter(uid))]
        self.assertEqual(ids, (young + later)[-len(ids) :], "an old one is repeated")
        self.assertLessEqual(set(later), set(ids))

    def test_kill_9_right_after_a_first_login(self):
        """A terminal that was sent anything is known: what its user's others get while it is away waits for it."""
        uid = unique("bob")
        self.enter(uid, "app").rest()
        for source in ("pc", "weixin"):
            new = self.enter(uid, source)
            first, = self.store(uid, ["first"])
            self.assertEqual(self.take(new, 1)[0]["id"], first)
            self.server.kill()
            self.server.start()
            other = self.enter(uid, "app")
            missed = self.store(uid, range(20))
            self.assertEqual([frame["id"] for frame in self.rest_by_mark(other)][-20:], missed)
            ids = [frame["id"] for frame in self.rest_by_mark(self.enter(uid, source))]
            self.assertLessEqual(set(missed), set(ids))

    def test_kill_9_over_and_over_under_traffic(self):
        """Two terminals read, one sends: nothing that was acknowledged is missing, and nothing is out of order."""
        sender, uid, sent = unique("alice"), unique("bob"), []
        seen = {source: [] for source in ("app", "pc")}
        for source in seen:
            self.visit(uid, source)
        for round in range(3):
            alice = self.enter(sender)
            chats = {source: self.enter(uid, source) for source in seen}
            for number in range(200):
                alice.message(uid, number, client_id=f"{round}-{number}")
            sent += [alice.receive()["id"] for _ in range(100)]
            self.server.kill()
            sent += [frame["id"] for frame in alice.until_closed()[0]]
            for source, chat in chats.items():
                seen[source].append([frame["id"] for frame in chat.until_closed()[0]])
            self.server.start()
        for source, parts in seen.items():
            with self.subTest(source):
                parts.append([frame["id"] for frame in self.rest_by_mark(self.enter(uid, source))])
                self.assertEqual(set(sent) - {id for part in parts for id in part}, set())
                for part in parts:
                    self.assertEqual(part, sorted(set(part)))


class RestartedEmbedded(Restarted, EmbeddedCase):
    pass


class RestartedRedisMariaDB(Restarted, RedisMariaDBCase):
    pass


class Settling:
    replay_settings = {"archive.settle": "2s"}

    def test_young_messages_may_repeat_and_old_ones_do_not(self):
        uid = unique("bob")
        self.visit(uid)
        bob = self.enter(uid)
        ids = self.store(uid, range(5))
        self.take(bob, 5)
        bob.close()
        frames = self.rest_by_mark(self.enter(uid))
        again = [frame["id"] for frame in frames if frame["content"] != "mark"]
        self.assertEqual(again, ids[len(ids) - len(again) :])
        bob = self.enter(uid)

        def is_kept():
            self.rest_by_mark(bob)
            return self.cursors(uid).get("app", "") >= ids[-1]

        eventually("they are old", is_kept)
        bob.close()
        self.assertEqual({frame["content"] for frame in self.rest_by_mark(self.enter(uid))} - {"mark"}, set())

    def test_since_is_exact_for_what_is_old(self):
        uid = unique("bob")
        self.visit(uid)
        ids = self.store(uid, range(5))
        eventually("they are old", lambda: time.time() * 1000 > (int(ids[-1]) >> 20) + 2500)
        for since in (ids[1], ids[4]):
            frames = self.rest_by_mark(self.enter(uid, since=since))
            old = [frame["id"] for frame in frames if frame["content"] != "mark"]
            self.assertEqual(old, ids[ids.index(since) + 1 :])
        young = self.store(uid, range(3))
        frames = self.rest_by_mark(self.enter(uid, since=young[-1]))
        self.assertEqual({frame["id"] for frame in frames} & set(ids), set(), "old ones are repeated")


class SettlingEmbedded(Settling, EmbeddedCase):
    # The cursor moves with the second.
    def leave(self, chat):
        chat.close()


class SettlingRedisMariaDB(Settling, RedisMariaDBCase):
    def leave(self, chat):
        chat.close()


class UnreadOnly:
    replay_settings = {"archive.mode": "unread"}

    # Nothing is left in the archive to tell the newest by.
    def leave(self, chat):
        chat.rest()
        chat.close()

    def test_rows_go_once_they_were_delivered(self):
        uid = unique("bob")
        ids = self.store(uid, range(30))
        self.assertEqual(self.states(uid), [0] * 30)
        bob = self.enter(uid)
        self.assert_replayed(self.take(bob, 30), ids)
        self.assertEqual(bob.rest(), [])
        eventually("the rows are gone", lambda: self.states(uid) == [], 10)
        live = self.store(uid, ["live"])
        self.assertEqual([(frame["id"], frame["state"]) for frame in self.take(bob, 1)], [(live[0], 1)])
        self.assertEqual(self.states(uid), [])
        bob.close()
        later = self.store(uid, ["later"])
        bob = self.enter(uid)
        frames = self.rest_by_mark(bob)
        self.assertEqual([frame["id"] for frame in frames], later)

    def test_rows_stay_until_they_were_delivered(self):
        """Over a kill -9 too, and for who does not acknowledge."""
        uid = unique("bob")
        ids = self.store(uid, range(5))
        bob = self.enter(uid, ack=1)
        self.assert_replayed(self.take(bob, 5), ids)
        bob.rest()
        bob.close()
        self.server.kill()
        self.server.start()
        bob = self.enter(uid, ack=1)
        self.assert_replayed(self.take(bob, 5), ids)
        bob.send({"type": "ack", "id": ids[-1]})
        bob.rest()
        eventually("the rows are gone", lambda: self.states(uid) == [], 10)


class UnreadOnlyEmbedded(UnreadOnly, EmbeddedCase):
    pass


class UnreadOnlyRedisMariaDB(UnreadOnly, RedisMariaDBCase):
    pass
