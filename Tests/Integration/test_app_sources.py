# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Apps that another system knows: an HTTP server, or Redis."""

import json
import threading

from support.app_service import AppService
from support.apps import App, AppsFile
from support.case import unique
from support.pusher_api import PusherAPI
from support.pusher_case import APP, PusherCase
from support.redis import Redis
from support.server import PushServer
from support.waiting import eventually

FAR = App("5001", "far-key", "a secret of far away", clientEvents=True, maxPresenceMembers=3)


class SourceCase(PusherCase):
    """Its file has APP; everything else is asked for."""

    @classmethod
    def start(cls, settings):
        server = PushServer({"apps.cacheTime": "1s", "server.loops": 2, **settings})
        server.settings["apps.file"] = AppsFile(server.directory, [APP]).path
        cls.server = cls.enterClassContext(server)
        cls.app = FAR
        cls.api = PusherAPI(cls.server, FAR)

    def close_code(self, app):
        return self.open_app(app).until_closed()[1]


class ByHTTP(SourceCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(AppService(FAR))
        cls.start({"apps.source": "http", "apps.url": cls.service.url + "?x=1", "apps.token": "app-token"})

    def setUp(self):
        super().setUp()
        self.service.apps, self.service.status, self.service.body = [FAR], None, None

    def test_clients_and_backends(self):
        client = self.pusher()
        client.subscribe(channel := unique("private-room"))
        self.api.trigger(channel, "e", "x")
        client.expect("e", channel)
        self.assertEqual(self.service.tokens, {"Bearer app-token"})
        self.assertTrue(all(query.startswith("x=1&") for query in self.service.asked))

    def test_file_first(self):
        """Those of the file are not asked for."""
        count = len(self.service.asked)
        self.pusher(APP).subscribe(unique("public"))
        self.assertEqual(PusherAPI(self.server, APP).channels().keys() & {"none"}, set())
        self.assertEqual(self.service.asked[count:], [])

    def test_unknown(self):
        """Is asked for once."""
        self.assertEqual([self.close_code(App("1", "nobody-1", "x")) for _ in range(3)], [4001] * 3)
        self.assertEqual(self.service.asked.count("x=1&key=nobody-1"), 1)
        self.assertEqual(PusherAPI(self.server, App("777", "nobody-2", "x" * 16)).get("/channels").status, 404)
        self.assertEqual(self.close_code(App("1", "x" * 65, "x")), 4001)
        self.assertEqual(self.close_code(App("1", "a%20b", "x")), 4001)
        self.assertEqual([query for query in self.service.asked if "xx" in query or " " in query], [])

    def test_many_at_once(self):
        """Clients that come together wait for one answer, and what they have sent is not lost."""
        app = App("5003", "crowd", "a secret of the crowd", clientEvents=True)
        self.service.apps.append(app)
        clients = [self.open_app(app) for _ in range(20)]
        for client in clients:
            client.send_event("pusher:subscribe", {"channel": "public-room"})
        for client in clients:
            client.expect_established().expect("pusher_internal:subscription_succeeded", "public-room")
        self.assertEqual(self.service.asked.count("x=1&key=crowd"), 1)

    def test_changes(self):
        """Reach who is connected: settings, and the end."""
        app = App("5002", "changes", "a secret that changes")
        self.service.apps.append(app)
        client = self.pusher(app)
        client.subscribe(channel := unique("private-room"))
        client.trigger(channel, "client-e", 1)
        self.assert_error(client.receive())
        self.service.apps[-1] = app.but(clientEvents=True)

        def is_allowed():
            client.trigger(channel, "client-e", 1)
            return client.rest() == []

        eventually("client events are allowed", is_allowed)
        self.service.apps.pop()
        _, code = client.until_closed()
        self.assertEqual(code, 4001)

    def test_away(self):
        """What was known goes on; of what was not nothing can be said, and clients come back."""
        client = self.pusher()
        self.service.status, self.service.body = 500, b"a secret"
        count = len(self.service.asked)
        eventually("it was asked again", lambda: len(self.service.asked) > count)
        client.subscribe(channel := unique("public"))
        self.api.trigger(channel, "e", "x")
        client.expect("e", channel)
        self.pusher().subscribe(channel)
        self.assertEqual(self.close_code(App("1", unique("away"), "x")), 4100)
        answer = PusherAPI(self.server, App("888", "away", "x" * 16)).get("/channels")
        self.assertEqual(answer.status, 503)
        self.assertIn("apps cannot be looked up", self.server.log)
        self.assertNotIn("a secret", self.server.log)
        self.assertGreater(self.server.metrics()["push_app_lookup_failures_total"], 0)
        self.service.status = self.service.body = None
        self.pusher()

    def test_nonsense(self):
        """An answer that is no app is none, whatever it is."""
        good = FAR.but(id="6000", key="odd")
        for number, body in enumerate([
            "{", "[]", '"x"', json.dumps({"id": "6000"}), json.dumps({**good.entry, "extra": 1}),
            json.dumps({**good.entry, "secretFile": "/etc/hostname"}), json.dumps({**good.entry, "id": APP.id}),
            json.dumps(good.entry) + "x" * 70_000, "&a [*a]", "\0",
        ]):
            self.service.body = body.encode()
            with self.subTest(body[:40]):
                self.assertEqual(self.close_code(good.but(key=f"odd-{number}")), 4100)
        self.service.body = None
        self.pusher()

    def test_slow(self):
        """Who waits for a slow answer holds up nobody."""
        gate = threading.Event()
        self.addCleanup(gate.set)
        answer = type(self.service.apps)([FAR])

        class Slow(list):
            def __iter__(self):
                gate.wait(3)
                return iter(answer)

        self.service.apps = Slow()
        waiting = self.open_app(App("1", "slow", "x"))
        self.pusher(APP).subscribe(unique("public"))
        gate.set()
        self.assertEqual(waiting.until_closed()[1], 4001)


class ByRedis(SourceCase):
    @classmethod
    def setUpClass(cls):
        cls.redis = cls.enterClassContext(Redis())
        cls.start({"apps.source": "redis", "redis.url": cls.redis.url, "apps.redisKey": "tests:apps"})

    def setUp(self):
        super().setUp()
        self.keep(FAR)

    def keep(self, app):
        self.redis.command("HSET", "tests:apps", app.key, json.dumps(app.entry))
        self.redis.command("HSET", "tests:apps:ids", app.id, app.key)

    def test_clients_and_backends(self):
        self.assertEqual(self.api.channels(), {})
        client = self.pusher()
        client.subscribe(channel := unique("private-room"))
        self.api.trigger(channel, "e", "x")
        client.expect("e", channel)
        self.assertEqual(self.close_code(App("1", "nobody", "x")), 4001)

    def test_outage(self):
        client = self.pusher()
        self.redis.kill()
        client.subscribe(channel := unique("public"))
        self.api.trigger(channel, "e", "x")
        client.expect("e", channel)
        eventually("a new one cannot be said anything of",
                   lambda: self.close_code(App("1", unique("away"), "x")) == 4100)
        self.redis.start()
        app = App("5009", "later", "a secret of later on")
        self.keep(app)

        def is_back():
            self.pusher(app)
            return True

        eventually("it is back", is_back, 20, (AssertionError,))


class NoFile(PusherCase):
    """With another source no app is made up."""

    @classmethod
    def setUpClass(cls):
        service = cls.enterClassContext(AppService(FAR))
        cls.server = cls.enterClassContext(PushServer({"apps.source": "http", "apps.url": service.url}))
        cls.app = FAR

    def test_nothing_generated(self):
        self.pusher()
        self.assertNotIn("generated an app", self.server.log)
