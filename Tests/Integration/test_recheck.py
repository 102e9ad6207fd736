# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The login records of open sessions are read again: a logout or a revocation ends them (chat protocol, section 1)."""

import time

from support.case import ServerCase, unique
from support.redis_case import RedisCase, access_token
from support.waiting import eventually

REFUSED = '{"message":"授权失败","type":"login","code":401,"data":[]}'
NOT_AUTHORIZED = 4009
PAST, FUTURE = 1_000_000_000, 4_000_000_000


class Recheck:
    def assert_ended(self, chat, seconds=6.0):
        frames, code, _ = chat.until_closed(seconds)
        self.assertEqual(([frame.text for frame in frames], code), ([REFUSED], NOT_AUTHORIZED))

    def assert_open(self, chat):
        self.assertEqual(chat.ask({"type": "ping"})["type"], "pong")


class RecheckEmbedded(Recheck, ServerCase):
    settings = {"auth.recheck": "1s"}

    def revoke(self, uid, *arguments):
        self.assertEqual(self.server.command("token", "revoke", "--uid", uid, *arguments).returncode, 0)

    def wait_for_recheck(self):
        """Somebody else's revocation has been seen twice: all sessions that were open before have been looked at."""
        for _ in range(2):
            canary = self.connect(unique("canary"))
            self.revoke(canary.uid)
            self.assert_ended(canary)

    def test_a_revoked_login_ends_and_others_stay(self):
        uid = unique("alice")
        app, pc, bob = self.connect(uid), self.connect(uid, "pc"), self.connect(unique("bob"))
        self.revoke(uid, "--source", "app")
        self.assert_ended(app)
        self.wait_for_recheck()
        self.assert_open(pc)
        self.assert_open(bob)
        self.revoke(uid)
        self.assert_ended(pc)

    def test_a_changed_token_ends_the_old_session(self):
        uid = unique("alice")
        chat = self.connect(uid)
        self.server.issue(uid)
        self.assert_ended(chat)

    def test_an_expired_login_ends(self):
        uid = unique("alice")
        chat = self.open(self.server.issue(uid, ttl=2)).expect_login()
        self.assert_ended(chat)

    def test_a_login_that_was_renewed_stays(self):
        uid = unique("alice")
        chat = self.open(self.server.issue(uid, ttl=2)).expect_login()
        expired = time.time() + 2
        self.assert_has(chat.ask({"type": "login", "access_token": self.server.issue(uid)}), type="login", code=200)
        eventually("the first token has expired", lambda: time.time() > expired)
        self.wait_for_recheck()
        self.assert_open(chat)

    def test_nothing_is_delivered_to_who_was_refused(self):
        uid = unique("alice")
        chat = self.connect(uid)
        self.revoke(uid)
        self.assert_ended(chat)
        self.assertEqual(self.backend().ask("is_on_line", {"to_uid": uid})["onLine"], 0)


class RecheckRedis(Recheck, RedisCase):
    redis_settings = {"auth.recheck": "1s", "redis.prefix": "shop:"}

    def login(self, source="app", **values):
        """A login whose record can be changed."""
        uid = unique("alice")
        self.record(uid, {each: {"token": "t", **values} for each in ("app", "pc")})
        return self.open(access_token("t", uid, source)).expect_login()

    def wait_for_recheck(self):
        for _ in range(2):
            canary = self.login()
            self.redis.command("DEL", f"shop:login{canary.uid}")
            self.assert_ended(canary)

    def test_what_ends_a_session(self):
        records = {
            "gone": None, "another token": {"app": {"token": "u"}}, "no such source": {"pc": {"token": "t"}},
            "expired": {"app": {"token": "t", "expires": PAST}}, "another uid": {"app": {"token": "t", "uid": "x"}},
            "not readable": "a:1:{", "a list": [],
        }
        chats = {name: self.login() for name in records}
        for name, record in records.items():
            uid = chats[name].uid
            if record is None:
                self.redis.command("DEL", f"shop:login{uid}")
            else:
                self.record(uid, record)
        for name, chat in chats.items():
            with self.subTest(name):
                self.assert_ended(chat)

    def test_what_does_not(self):
        records = {
            "other members": {"app": {"token": "t", "time": PAST, "x": 1}, "info": {}},
            "another lifetime": {"app": {"token": "t", "expires": FUTURE}}, "milliseconds": {
                "app": {"token": "t", "expires": FUTURE * 1000}},
            "written by PHP": 'a:1:{s:3:"app";a:1:{s:5:"token";s:1:"t";}}', "the other source": {
                "app": {"token": "t"}, "pc": {"token": "u"}},
        }
        chats = {name: self.login(expires=FUTURE) for name in records}
        for name, record in records.items():
            self.record(chats[name].uid, record)
        self.wait_for_recheck()
        for name, chat in chats.items():
            with self.subTest(name):
                self.assert_open(chat)

    def test_sessions_outlive_the_store(self):
        chats = [self.login() for _ in range(20)]
        gone = self.login()
        self.redis.command("DEL", f"shop:login{gone.uid}")
        self.redis.kill()
        away = time.monotonic()
        try:
            eventually("they should have been looked at twice", lambda: time.monotonic() > away + 3)
            for chat in chats:
                self.assert_open(chat)
        finally:
            self.redis.start()
        self.assert_ended(gone, 15)
        self.wait_for_recheck()
        for chat in chats:
            self.assert_open(chat)

    def test_many_sessions_of_one_user_and_of_many(self):
        uids = [unique("u") for _ in range(100)]
        for uid in uids:
            self.record(uid, {"app": {"token": "t"}, "pc": {"token": "t"}})
        chats = {uid: [self.open(access_token("t", uid, each)).expect_login() for each in ("app", "pc")] for uid in uids}
        for uid in uids[::2]:
            self.redis.command("DEL", f"shop:login{uid}")
        for uid in uids[::2]:
            for chat in chats[uid]:
                self.assert_ended(chat)
        for uid in uids[1::2]:
            for chat in chats[uid]:
                self.assert_open(chat)


class RecheckOff(ServerCase):
    settings = {"auth.recheck": "0s"}

    def test_a_revoked_session_goes_on(self):
        chat = self.connect(unique("alice"))
        self.assertEqual(self.server.command("token", "revoke", "--uid", chat.uid).returncode, 0)
        before = time.monotonic()
        eventually("a while has passed", lambda: time.monotonic() > before + 2)
        self.assertEqual(chat.ask({"type": "ping"})["type"], "pong")
