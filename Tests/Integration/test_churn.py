# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Terminals come, go and replace one another on two loops while messages flow; a model says what must be true."""

import os
import random
import struct
import socket

from support import http
from support.case import unique
from support.redis_case import RedisCase, access_token
from support.server import SERVER_KEY
from support.waiting import eventually

SOURCES = ("app", "pc", "weixin")
STEPS = 600


class Churn(RedisCase):
    redis_settings = {"server.loops": 2, "limits.messagesPerSecond": 0, "limits.recipientsPerSecond": 0}

    def setUp(self):
        super().setUp()
        seed = int(os.environ.get("PUSH_TEST_SEED") or random.randrange(2**32))
        self.random = random.Random(seed)
        self.seed = f"PUSH_TEST_SEED={seed} makes the same steps"
        self.users = [unique("user") for _ in range(8)]
        for uid in self.users:
            self.record(uid, {source: {"token": "t"} for source in SOURCES})

    def test_nobody_gets_what_is_not_theirs_and_the_state_is_true_at_the_end(self):
        open_terminals, number = {}, 0
        for _ in range(STEPS):
            terminal = (self.random.choice(self.users), self.random.choice(SOURCES))
            chat, action = open_terminals.get(terminal), self.random.random()
            if action < 0.35 or chat is None:
                # A second login of the terminal replaces the first, which is not told to go beforehand.
                new = self.open(access_token("t", *terminal), echo=self.random.choice("01"))
                open_terminals[terminal] = new.expect_login()
            elif action < 0.5:
                open_terminals.pop(terminal).close()
            elif action < 0.6:
                self.reset(open_terminals.pop(terminal))
            else:
                number += 1
                chat.message(self.random.choice(self.users), number)
        for (uid, source), chat in open_terminals.items():
            with self.subTest(f"{uid} {source}", seed=self.seed):
                frames = [frame for frame in chat.rest() if "content" in frame]
                foreign = [frame for frame in frames if uid not in (frame["to_uid"], frame["uid"])]
                self.assertEqual(foreign, [])
                # Its own twice only where it is the echo of another terminal's message to the user itself.
                seen = [frame["content"] for frame in frames if frame["uid"] != uid]
                self.assertEqual(len(seen), len(set(seen)))
        self.check_state(open_terminals)
        self.check_delivery(open_terminals)

    def reset(self, chat):
        """Ends a connection without a word."""
        chat.socket.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        chat.socket.socket.shutdown(socket.SHUT_RDWR)
        chat.socket.socket.close()

    def check_state(self, terminals):
        expected = {}
        for (uid, source), chat in terminals.items():
            expected.setdefault(uid, {})[source] = chat.session

        def in_redis():
            return {
                uid: {source: entry["fd"] for source, entry in entries.items()}
                for uid, entries in self.redis.hash("ws_clientInfo").items()
            }

        try:
            eventually("Redis has who is connected", lambda: in_redis() == expected)
        except AssertionError:
            self.assertEqual(in_redis(), expected, self.seed)
        fds = {int(fd) for fd in self.redis.hash(f"ws_fdInfo:127.0.0.1{self.server.ws_port}")}
        self.assertEqual(fds, {fd for entries in expected.values() for fd in entries.values()}, self.seed)
        path = f"/chat/online?uid={','.join(self.users)}"
        answer = http.get(self.server.http_port, path, headers=http.bearer(SERVER_KEY))
        self.assertEqual(answer.json["data"], {uid: int(uid in expected) for uid in self.users}, self.seed)
        self.assertEqual(self.server.metrics()["push_chat_sessions"], len(terminals), self.seed)

    def check_delivery(self, terminals):
        """Each terminal that is left gets one message to its user once."""
        udp = self.backend()
        for uid in self.users:
            udp.ask("to_uid", {"to_uid": uid, "content": f"last for {uid}"})
        for (uid, source), chat in terminals.items():
            with self.subTest(f"{uid} {source}", seed=self.seed):
                self.assertEqual([frame["content"] for frame in chat.rest()], [f"last for {uid}"])
