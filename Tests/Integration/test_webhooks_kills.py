# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Webhooks: a server that is killed again and again, and a receiver that often refuses. What is told makes sense."""

import random
import time
import unittest

from support.apps import AppsFile
from support.pusher import Pusher
from support.pusher_case import APP
from support.redis import Redis
from support.server import PushServer
from support.waiting import eventually
from support.webhooks import Receiver

CHANNELS = [f"public-{number}" for number in range(12)] + [f"presence-{number}" for number in range(6)]
ROUNDS = 6


class Kills(unittest.TestCase):
    def test_with_the_local_queue(self):
        self.check(1, {})

    def test_with_a_stream_of_redis(self):
        redis = self.enterContext(Redis())
        self.check(2, {"webhooks.queue": "redis-stream", "redis.url": redis.url})

    def check(self, seed, settings):
        choices = random.Random(seed)
        receiver = self.enterContext(Receiver())
        receiver.status = lambda _: 503 if choices.random() < 0.3 else 200
        app = APP.but(subscriptionCount=False, webhooks=[{"url": receiver.url}])
        server = PushServer({"webhooks.leaveDelay": "1s", "webhooks.grace": "1s", "server.loops": 2, **settings})
        self.addCleanup(server.remove)
        server.settings["apps.file"] = AppsFile(server.directory, [app]).path
        for _ in range(ROUNDS):
            server.start()
            clients = [self.enterContext(Pusher(server, app)).expect_established() for _ in range(4)]
            for _ in range(30):
                client, channel = choices.choice(clients), choices.choice(CHANNELS)
                if choices.random() < 0.3:
                    client.unsubscribe(channel)
                elif channel.startswith("presence-"):
                    client.ask_subscribe(channel, {"user_id": f"u{choices.randrange(3)}"})
                else:
                    client.ask_subscribe(channel)
            time.sleep(choices.random())
            server.kill()
        receiver.status = 200
        server.start()
        eventually("everybody is told to have left", lambda: self.is_over(receiver), 60)
        self.assertGreater(len(self.histories(receiver)), len(CHANNELS) / 2)
        for what, names in self.histories(receiver).items():
            # Come, left, come, left: nobody comes twice, and nobody leaves who has not come.
            self.assertEqual(names, ["came", "left"] * (len(names) // 2), what)

    def is_over(self, receiver):
        histories = self.histories(receiver)
        return histories and all(names[-1] == "left" for names in histories.values())

    def histories(self, receiver):
        """What was told of each channel and member, in order, without what came again."""
        seen, histories = set(), {}
        for event in receiver.events:
            if event["id"] in seen:
                continue
            seen.add(event["id"])
            name = {"channel_occupied": "came", "member_added": "came", "channel_vacated": "left",
                    "member_removed": "left"}.get(event["name"])
            if name:
                histories.setdefault((event["channel"], event.get("user_id")), []).append(name)
        return histories
