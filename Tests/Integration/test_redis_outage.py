# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Redis goes away and comes back: open sessions go on, logins wait, and the keys are put right."""

import os
import signal
import time

from support import http
from support.case import unique
from support.redis_case import RedisCase, access_token
from support.server import PushServer
from support.waiting import eventually

UNAVAILABLE = '{"message":"服务暂不可用","type":"login","code":503,"data":[]}'
COME_BACK_LATER = 4100


class Outage(RedisCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.bring_back)

    def bring_back(self):
        if self.redis.process.is_running:
            self.redis.process.signal(signal.SIGCONT)
        else:
            self.redis.start()
        eventually("the server is ready", lambda: self.server.readiness()[0] == 200, 30)

    def assert_unavailable(self, uid, server=None):
        frames, code, _ = self.open(access_token("t", uid), server=server).until_closed(20)
        self.assertEqual(([frame.text for frame in frames], code), ([UNAVAILABLE], COME_BACK_LATER))

    def online(self):
        """Who Redis says is connected: uid to the session's number."""
        return {uid: value["app"]["fd"] for uid, value in self.redis.hash("ws_clientInfo").items()}

    def test_away_at_the_start(self):
        self.record("early", {"app": {"token": "t"}})
        self.redis.kill()
        server = PushServer(self.settings)
        self.addCleanup(server.remove)
        server.start(until_ready=False)
        status, parts = server.readiness()
        self.assertEqual((status, parts["archive"]), (503, "ok"))
        self.assertNotEqual(parts["sessions"], "ok")
        self.assert_unavailable("early", server)
        self.redis.start()
        eventually("the server says that it is ready", lambda: server.readiness()[0] == 200, 30)
        self.open(access_token("t", "early"), server=server).expect_login()
        # What a second node has written would stay, and the other tests look at all that is there.
        self.assertEqual(server.stop(20), 0)

    def test_open_sessions_go_on_and_logins_come_back(self):
        alice, bob = self.enter(unique("alice")), self.enter(unique("bob"))
        late = unique("late")
        self.record(late, {"app": {"token": "t"}})
        self.redis.kill()
        for number in range(20):
            alice.message(bob.uid, number)
            self.assertEqual(bob.receive()["content"], number)
        self.assert_unavailable(late)
        self.assertEqual(self.server.readiness()[0], 503)
        headers = http.bearer(access_token("t", late))
        answer = http.post(self.server.http_port, "/chat/send", {"to_uid": "x", "content": 1}, headers=headers)
        self.assertEqual((answer.status, answer.json["code"]), (503, 503))
        self.redis.start()
        eventually("the server is ready", lambda: self.server.readiness()[0] == 200, 30)
        self.open(access_token("t", late)).expect_login()
        alice.message(bob.uid, "after")
        self.assertEqual(bob.receive()["content"], "after")

    def test_keys_are_true_again_when_it_comes_back(self):
        stays, leaves = self.enter(unique("stays")), self.enter(unique("leaves"))
        uid = stays.uid
        eventually("both are in Redis", lambda: {uid, leaves.uid} <= set(self.online()), 5)
        self.redis.kill()
        leaves.close()
        self.redis.start()
        expected = {uid: stays.session}
        eventually("who left is not there any more", lambda: self.online() == expected, 30)

    def test_keys_are_written_again_when_redis_has_lost_them(self):
        chats = [self.enter(unique("u")) for _ in range(5)]
        expected = {chat.uid: chat.session for chat in chats}
        eventually("all are in Redis", lambda: self.online() == expected, 5)
        self.redis.kill()
        for folder, _, files in os.walk(self.redis.directory):
            for name in files:
                if name.startswith("appendonly"):
                    os.remove(os.path.join(folder, name))
        self.redis.start()
        eventually("all are in Redis again", lambda: self.online() == expected, 30)
        key = f"ws_fdInfo:127.0.0.1{self.server.ws_port}"
        self.assertEqual({int(fd) for fd in self.redis.hash(key)}, set(expected.values()))

    def test_one_that_hangs_keeps_no_login_waiting_for_ever(self):
        alice, bob = self.enter(unique("alice")), self.enter(unique("bob"))
        uid = bob.uid
        self.redis.process.signal(signal.SIGSTOP)
        before = time.monotonic()
        self.assert_unavailable("anybody")
        self.assertLess(time.monotonic() - before, 12)
        alice.message(uid, "still here")
        self.assertEqual(bob.receive()["content"], "still here")
        self.redis.process.signal(signal.SIGCONT)
        eventually("the server is ready", lambda: self.server.readiness()[0] == 200, 30)
        self.enter(unique("carol"))

    def test_sigterm_while_it_is_away_ends_in_time(self):
        self.enter(unique("u"))
        self.redis.kill()
        before = time.monotonic()
        self.assertEqual(self.server.stop(20), 0, self.server.log[-2000:])
        self.assertLess(time.monotonic() - before, 15)
        self.redis.start()
        self.server.start()
        eventually("the leftovers are removed", lambda: self.online() == {}, 10)
