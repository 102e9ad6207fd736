# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The monitor feed on a Redis channel: the shape is workbunny/webman-push-server's."""

import json

from support.apps import AppsFile
from support.case import unique
from support.pusher_api import PusherAPI
from support.pusher_case import APP, OTHER, PusherCase
from support.redis import Redis
from support.server import PushServer
from support.waiting import eventually


class FeedCase(PusherCase):
    apps = (APP.but(clientEvents=True, monitor=True), OTHER)

    @classmethod
    def setUpClass(cls):
        cls.redis = cls.enterClassContext(Redis())
        server = PushServer({"redis.url": cls.redis.url, "monitor.redisChannel": "tests:feed", "server.loops": 2})
        cls.apps_file = AppsFile(server.directory, cls.apps)
        server.settings["apps.file"] = cls.apps_file.path
        cls.server = cls.enterClassContext(server)
        cls.app = cls.apps[0]
        cls.api = PusherAPI(cls.server, cls.app)


class Feed(FeedCase):
    def test_shape(self):
        subscriber = self.enterContext(self.redis.subscribe("tests:feed"))
        clients = [self.pusher(), self.pusher()]
        channel = unique("private-room")
        for client in clients:
            client.subscribe(channel)
        unseen = self.pusher(OTHER)
        unseen.subscribe(channel)
        clients[0].trigger(channel, "client-e", {"t": "中/文"})
        clients[1].expect("client-e", channel)
        self.api.trigger(channel, "last", "1")
        told = []
        while not (told and told[-1]["type"] == "server" and told[-1]["data"]["event"] == "last"
                   and told[-1]["data"]["socketId"] == clients[1].socket_id):
            told.append(json.loads(subscriber.message()))
        for message in told:
            data = message["data"]
            self.assertEqual(set(message), {"type", "data"})
            self.assertLessEqual({"appKey", "timestamp", "event", "data"}, set(data))
            self.assertLessEqual(set(data), {"appKey", "socketId", "timestamp", "channel", "event", "data"})
            self.assertEqual(data["appKey"], self.app.key)
            self.assertIsInstance(data["timestamp"], int)
            self.assertGreater(data["timestamp"], 1_600_000_000_000)
        seen = [(message["type"], message["data"].get("socketId"), message["data"]["event"],
                 message["data"].get("channel"), message["data"]["data"]) for message in told]
        first, second = (client.socket_id for client in clients)
        for expected in (
            ("server", first, "pusher_internal:subscription_succeeded", channel, "{}"),
            ("client", first, "client-e", channel, {"t": "中/文"}),
            ("server", second, "client-e", channel, {"t": "中/文"}),
            ("client", None, "last", channel, "1"), ("server", second, "last", channel, "1"),
        ):
            self.assertIn(expected, seen)
        self.assertEqual({socket for _, socket, *_ in seen}, {first, second, None})
        self.assertNotIn(("server", first, "client-e", channel, {"t": "中/文"}), seen)

    def test_redis_away(self):
        """Costs the feed its messages, and clients nothing."""
        client = self.pusher()
        client.subscribe(channel := unique("public"))
        self.redis.kill()

        def is_dropped():
            self.api.trigger(channel, "e", "x")
            client.expect("e", channel)
            return self.server.metrics()["push_monitor_dropped_total"] > 0

        eventually("the feed's messages are dropped", is_dropped)
        self.redis.start()
        subscriber = self.enterContext(self.redis.subscribe("tests:feed"))

        def is_back():
            self.api.trigger(channel, "back", "x")
            return subscriber.message(0.5)

        eventually("the feed is back", is_back, 20, (TimeoutError,))


class Reload(FeedCase):
    def test_reload(self):
        """The word of the file of apps is taken while clients are connected."""
        client = self.pusher(OTHER)
        client.subscribe(channel := unique("public"))
        self.apps_file.write((self.apps[0], OTHER.but(monitor=True)))
        subscriber = self.enterContext(self.redis.subscribe("tests:feed"))
        self.server.process.signal(1)
        other = PusherAPI(self.server, OTHER)

        def is_told():
            other.trigger(channel, "seen", "x")
            message = json.loads(subscriber.message(0.5))
            return message["data"]["appKey"] == OTHER.key

        eventually("the app is monitored", is_told, 10, (TimeoutError,))
