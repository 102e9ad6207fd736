# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The Redis keys that other applications read: who is connected, and where (chat protocol, section 5)."""

import json
import os
import subprocess
import time

from support.case import unique
from support.php import PHP, needs_php, php
from support.redis import PASSWORD
from support.redis_case import RedisCase, access_token
from support.waiting import eventually
from support.wire import CLOSE, Wire, frame

USERS = "ws_clientInfo"


class PresenceCase(RedisCase):
    @property
    def sessions_key(self):
        """Of this node, in the seed's form: no separator."""
        return f"{self.prefix}ws_fdInfo:127.0.0.1{self.server.ws_port}"

    def users(self):
        return self.redis.hash(self.prefix + USERS)

    def sessions(self):
        return self.redis.hash(self.sessions_key)

    def await_gone(self, uid):
        eventually(f"{uid} has left Redis", lambda: uid not in self.users(), 5)
        self.assertNotIn(uid, [value["uid"] for value in self.sessions().values()])


class Presence(PresenceCase):
    def test_values_are_exact_while_connected_and_gone_afterwards(self):
        uid = unique("u")
        chat = self.enter(uid)
        users = eventually("the user is in Redis", lambda: self.users().get(uid) and self.users(), 5)
        since = users[uid]["app"]["time"]
        self.assertLess(abs(since - time.time()), 30)
        self.assertEqual(
            users[uid],
            {"app": {
                "time": since, "fd": chat.session, "port": self.server.ws_port, "ip": "127.0.0.1",
                "udp_port": self.server.udp_port,
            }},
        )
        self.assertEqual(
            self.sessions()[str(chat.session)], {"uid": uid, "isServer": False, "source": "app", "time": since}
        )
        chat.close()
        self.await_gone(uid)

    def test_several_terminals_come_and_go_one_by_one(self):
        uid = unique("u")
        terminals = {source: self.enter(uid, source) for source in ("app", "pc", "weixin")}
        while terminals:
            expected = {source: chat.session for source, chat in terminals.items()}

            def is_true():
                found = {source: entry["fd"] for source, entry in self.users().get(uid, {}).items()}
                fds = {int(fd): value["source"] for fd, value in self.sessions().items() if value["uid"] == uid}
                return found == expected and fds == {fd: source for source, fd in expected.items()}

            eventually(f"Redis has {sorted(expected)}", is_true, 5)
            terminals.popitem()[1].close()
        self.await_gone(uid)

    def test_a_replaced_terminal_is_the_new_one(self):
        uid = unique("u")
        first = self.enter(uid)
        second = self.enter(uid)
        first.until_closed()
        first.close()

        def is_true():
            own = [fd for fd, value in self.sessions().items() if value["uid"] == uid]
            return own == [str(second.session)] and self.users()[uid]["app"]["fd"] == second.session

        eventually("Redis has the second session alone", is_true, 5)
        second.close()
        self.await_gone(uid)

    def test_a_terminal_that_is_replaced_by_one_that_leaves_at_once(self):
        uid = unique("u")
        first = self.enter(uid)
        eventually("the first is in Redis", lambda: uid in self.users(), 5)
        with Wire(self.server) as second:
            # Its close waits behind the login: it comes and goes in one turn.
            second.upgrade(f"/?access_token={access_token('t', uid)}", behind=frame(CLOSE))
            second.read_close()
        self.assertEqual(first.until_closed()[1], 4010)
        self.await_gone(uid)

    def test_other_nodes_entries_stay(self):
        uid, stranger = unique("u"), unique("u")
        other = {"time": int(time.time()), "fd": 5, "port": 9501, "ip": "10.0.0.7", "udp_port": 9502}
        self.redis.command("HSET", USERS, uid, json.dumps({"pc": other}))
        self.redis.command("HSET", USERS, stranger, json.dumps({"app": other}))
        chat = self.enter(uid)
        eventually("both nodes are there", lambda: set(self.users()[uid]) == {"pc", "app"}, 5)
        chat.close()
        eventually("the other node is left", lambda: self.users()[uid] == {"pc": other}, 5)
        self.assertEqual(self.users()[stranger], {"app": other})

    def test_kicked_sessions_leave(self):
        uid = unique("u")
        self.enter(uid)
        eventually("the user is in Redis", lambda: uid in self.users(), 5)
        self.backend().ask("kick", {"uid": uid})
        self.await_gone(uid)

    def test_a_refused_login_leaves_no_trace(self):
        uid = unique("u")
        self.record(uid, {"app": {"token": "t"}})
        self.assertEqual(self.code("wrong", uid), 401)
        present = self.enter(unique("u"))
        eventually("a later login is in Redis", lambda: present.uid in self.users(), 5)
        self.assertNotIn(uid, self.users())


class Refused(PresenceCase):
    """Redis answers, and does not take what the server writes."""

    def refuse_and_recover(self, refuse, recover):
        uid = unique("u")
        self.record(uid, {"app": {"token": "t"}})
        refuse()
        chat = self.open(access_token("t", uid)).expect_login()
        eventually("the server says so", lambda: self.server.readiness()[0] == 503)
        recover()

        def is_true():
            return self.users().get(uid, {}).get("app", {}).get("fd") == chat.session

        eventually("the user is in Redis", is_true, 20)
        eventually("the server is ready again", lambda: self.server.readiness()[0] == 200, 20)

    def test_a_key_of_another_type(self):
        self.refuse_and_recover(
            lambda: self.redis.command("SET", USERS, "a string"), lambda: self.redis.command("DEL", USERS)
        )

    def test_out_of_memory(self):
        self.refuse_and_recover(
            lambda: self.redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction", "maxmemory", "1"),
            lambda: self.redis.command("CONFIG", "SET", "maxmemory", "0"),
        )

class EndOfANode(PresenceCase):
    def test_sigterm_removes_what_is_this_nodes(self):
        other = {"time": 1, "fd": 5, "port": 9501, "ip": "10.0.0.7", "udp_port": 9502}
        self.redis.command("HSET", USERS, "elsewhere", json.dumps({"app": other}))
        uids = [unique("u") for _ in range(20)]
        for uid in uids:
            self.enter(uid)
        eventually("all are in Redis", lambda: set(uids) <= set(self.users()), 5)
        self.assertEqual(self.server.stop(), 0, self.server.log[-2000:])
        self.assertEqual(self.users(), {"elsewhere": {"app": other}})
        self.assertEqual(self.redis.keys("ws_fdInfo*"), [])
        self.server.start()

    def test_what_kill_9_left_behind_is_removed_by_the_next_start(self):
        uid, uid2 = unique("u"), unique("u")
        self.enter(uid)
        self.enter(uid2)
        eventually("both are in Redis", lambda: {uid, uid2} <= set(self.users()), 5)
        self.server.kill()
        self.assertIn(uid, self.users())
        self.server.start()
        again = self.enter(uid2)

        def is_true():
            fds = {fd: value["uid"] for fd, value in self.sessions().items()}
            return uid not in self.users() and fds == {str(again.session): uid2}

        eventually("only who is connected is in Redis", is_true, 10)
        self.assertEqual(self.users()[uid2]["app"]["fd"], again.session)


class Advertised(PresenceCase):
    redis_settings = {
        "redis.prefix": "shop:", "server.advertise.ip": "192.0.2.9", "server.advertise.port": 80,
        "server.advertise.udpPort": 81,
    }

    def test_keys_have_the_prefix_and_the_advertised_address(self):
        uid = unique("u")
        self.enter(uid)
        entry = eventually("the user is in Redis", lambda: self.users().get(uid), 5)["app"]
        self.assertEqual((entry["ip"], entry["port"], entry["udp_port"]), ("192.0.2.9", 80, 81))
        self.assertEqual(self.redis.keys("*ws_*"), ["shop:ws_clientInfo", "shop:ws_fdInfo:192.0.2.980"])


APPLICATION = os.path.join(os.path.dirname(os.path.realpath(__file__)), "support", "seed_application.php")


class PHPCase(RedisCase):
    """A PHP application of the seed beside the server, which knows the keys and nothing else."""

    def application(self, *arguments):
        """What it prints."""
        command = [PHP, APPLICATION, str(self.redis.port), PASSWORD, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return done.stdout

    def find(self, uid):
        """Where it finds a user's terminals."""
        return json.loads(self.application("find", uid))

    def check_login_and_presence(self, login_format):
        uid, terminals = unique("u"), {}
        for source in ("app", "pc"):
            self.application("login", uid, source, "tökén", login_format)
            self.assertEqual(self.code("token", uid, source), 401)
            terminals[source] = self.open(access_token("tökén", uid, source)).expect_login()
        found = eventually("PHP finds both", lambda: len(found := self.find(uid)) == 2 and found, 10)
        for source, chat in terminals.items():
            since = found[source]["client"]["time"]
            self.assertLess(abs(since - time.time()), 60)
            self.assertEqual(
                found[source],
                {
                    "client": {
                        "time": since, "fd": chat.session, "port": self.server.ws_port, "ip": "127.0.0.1",
                        "udp_port": self.server.udp_port,
                    },
                    "fd": {"uid": uid, "isServer": False, "source": source, "time": since},
                },
            )
        terminals["app"].close()
        eventually("PHP finds one", lambda: set(self.find(uid)) == {"pc"}, 10)
        terminals["pc"].close()
        eventually("PHP finds none", lambda: self.find(uid) == {}, 10)


@needs_php
class ForPHP(PHPCase):
    redis_settings = {"redis.valueFormat": "think_serialize"}

    def test_a_php_application_lets_users_in_and_finds_them(self):
        for login_format in ("think_serialize", "json"):
            with self.subTest(login_format):
                self.check_login_and_presence(login_format)
        self.assertEqual(self.redis.keys("ws_*"), [])

    def test_values_are_what_php_serializes(self):
        uid = unique("u")
        fd = self.enter(uid).session
        value = eventually("the user is in Redis", lambda: self.redis.command("HGET", USERS, uid), 5)
        session = self.redis.command("HGET", f"ws_fdInfo:127.0.0.1{self.server.ws_port}", str(fd))
        again = "$v = unserialize(substr(stream_get_contents(STDIN), 16)); echo 'think_serialize:', serialize($v);"
        for each in (value, session):
            self.assertEqual(php(again, input=each), each)

    def test_what_kill_9_left_behind_is_gone_for_php_too(self):
        gone, back = unique("u"), unique("u")
        self.enter(gone)
        self.enter(back)
        eventually("PHP finds both", lambda: self.find(gone) and self.find(back), 10)
        self.server.kill()
        self.assertEqual(set(self.find(gone)), {"app"})
        self.server.start()
        self.first_process = self.server.process
        again = self.enter(back)
        eventually("PHP finds who came back alone", lambda: not self.find(gone) and self.find(back), 10)
        self.assertEqual(self.find(back)["app"]["client"]["fd"], again.session)


@needs_php
class ForPHPWithJSON(PHPCase):
    def test_a_php_application_lets_users_in_and_finds_them(self):
        for login_format in ("think_serialize", "json"):
            with self.subTest(login_format):
                self.check_login_and_presence(login_format)
