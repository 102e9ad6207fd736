# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Pusher Channels: the file of apps is read again by a signal."""

import re
import signal
import unittest

from support.apps import AppsFile
from support.case import unique
from support.pusher import Pusher
from support.pusher_api import PusherAPI
from support.pusher_case import APP, OTHER
from support.server import PushServer
from support.waiting import eventually

NEW = OTHER.but(id="20", key="new", clientEvents=True)


class Reload(unittest.TestCase):
    def setUp(self):
        self.server = PushServer({"server.loops": 2})
        self.addCleanup(self.server.remove)
        self.file = AppsFile(self.server.directory, [APP, OTHER])
        self.server.settings["apps.file"] = self.file.path
        self.server.start()

    def reload(self, apps, outcome="configuration reloaded"):
        """Has it read other apps, or text instead of them, and gives what it logs."""
        if isinstance(apps, str):
            with open(self.file.path, "w") as file:
                file.write(apps)
        else:
            self.file.write(apps)
        before = len(self.server.log)
        self.server.process.signal(signal.SIGHUP)
        eventually(f"the log says {outcome}", lambda: re.search(outcome, self.server.log[before:]))
        return self.server.log[before:]

    def pusher(self, app):
        return self.enterContext(Pusher(self.server, app)).expect_established()

    def refused(self, app):
        with Pusher(self.server, app) as client:
            return client.until_closed()[1]

    def test_who_is_not_translated_is_sent_away_when_the_dialect_becomes_workbunnys(self):
        client = self.pusher(APP)
        self.reload([APP.but(dialect="webman-push"), OTHER])
        self.assertEqual(client.rest(), [])
        self.reload([APP.but(dialect="workbunny-2"), OTHER])
        events, code = client.until_closed()
        self.assertEqual((events[-1]["data"]["code"], code), (4200, 4200))
        back, channel = self.pusher(APP), unique("public")
        back.subscribe(channel)
        PusherAPI(self.server, APP).trigger(channel, "news", {"a": 1})
        self.assertEqual(back.expect("news", channel).data, {"a": 1})

    def test_apps_come_and_go_and_connections_of_others_stay(self):
        kept, gone = [self.pusher(APP) for _ in range(4)], [self.pusher(OTHER) for _ in range(4)]
        channel = unique("public")
        for client in (*kept, *gone):
            client.subscribe(channel)
        self.assertEqual(self.refused(NEW), 4001)
        log = self.reload([APP, NEW])
        for secret in (APP.secret, OTHER.secret):
            self.assertNotIn(secret, log)
        for client in gone:
            events, code = client.until_closed()
            self.assertEqual((events[-1]["data"]["code"], code), (4001, 4001))
        PusherAPI(self.server, APP).trigger(channel, "news")
        for client in kept:
            client.expect("news", channel)
        client = self.pusher(NEW)
        client.subscribe(channel)
        PusherAPI(self.server, NEW).trigger(channel, "new")
        client.expect("new", channel)
        self.assertEqual(self.refused(OTHER), 4001)
        self.assertEqual(PusherAPI(self.server, OTHER).get("/channels").status, 404)

    def test_a_disabled_apps_clients_are_closed_4003(self):
        clients, other = [self.pusher(OTHER) for _ in range(4)], self.pusher(APP)
        self.reload([APP, OTHER.but(enabled=False)])
        for client in clients:
            events, code = client.until_closed()
            self.assertEqual((events[-1]["data"]["code"], code), (4003, 4003))
        self.assertEqual(self.refused(OTHER), 4003)
        self.assertEqual(PusherAPI(self.server, OTHER).get("/channels").status, 403)
        self.reload([APP, OTHER])
        self.pusher(OTHER)
        self.assertEqual(other.rest(), [])

    def test_nobody_is_left_in_the_channels_of_an_app_that_was_switched_off(self):
        channel = unique("presence-x")
        for number in range(6):
            self.pusher(OTHER).join(channel, f"u{number}")
        for without in ([APP, OTHER.but(enabled=False)], [APP]):
            self.reload(without)
            self.reload([APP, OTHER])
            api = PusherAPI(self.server, OTHER)
            eventually("all have left", lambda: api.channels() == {})
            self.assertEqual(api.users(channel), [])
            client = self.pusher(OTHER)
            self.assertEqual(client.join(channel, "new")["ids"], ["new"])
            self.assertEqual(client.rest(), [])

    def test_settings_take_effect_on_open_connections(self):
        channel = unique("private-x")
        sender, other = self.pusher(OTHER), self.pusher(OTHER)
        for client in (sender, other):
            client.subscribe(channel)
        sender.trigger(channel, "client-x", 1)
        self.assertEqual(sender.receive().name, "pusher:error")
        self.reload([APP, OTHER.but(clientEvents=True)])
        sender.trigger(channel, "client-x", 1)
        other.expect("client-x", channel)

    def test_a_new_secret(self):
        client = self.pusher(OTHER)
        changed = OTHER.but(secret="a secret that nobody has known")
        self.reload([APP, changed])
        channel = unique("private-x")
        client.ask_subscribe(channel)
        client.expect("pusher:subscription_error", channel)
        client.app = changed
        client.subscribe(channel)
        self.assertEqual(PusherAPI(self.server, OTHER).get("/channels").status, 401)
        self.assertEqual(PusherAPI(self.server, changed).get("/channels").status, 200)

    def test_a_bad_file_changes_nothing(self):
        client = self.pusher(OTHER)
        for bad, word in (
            ("apps: [", "apps.yaml"), ([APP, OTHER.but(clientEvent=True)], "clientEvent"),
            ([APP, NEW.but(id=APP.id)], "id"),
            ([APP, NEW.but(key=APP.key)], "key"), ([APP, NEW.but(id="x1")], "id"),
            ([APP, NEW.but(secret="short")], "secret"),
        ):
            with self.subTest(word):
                log = self.reload(bad, "reload refused")
                self.assertIn(word, log)
                self.assertEqual(client.rest(), [])
                self.assertEqual(self.refused(NEW), 4001)
        self.reload([APP, OTHER, NEW])
        self.pusher(NEW)
        self.assertEqual(client.rest(), [])
