# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Webhooks as the backends of the older servers expect them."""

import json
import re
import time
from urllib.parse import parse_qsl, urlencode, urlsplit

from support.apps import App, sign
from support.case import unique
from support.pusher_case import PusherCase
from support.waiting import eventually
from support.webhooks import Receiver

RECEIVERS = {dialect: Receiver(path="/plugin/hook?z=1") for dialect in ("webman-push", "workbunny-2", "workbunny-3")}
OWN = Receiver(path="/own")
APPS = tuple(
    App(str(index + 1), f"key-{dialect}", f"the-secret-of-{dialect}", dialect=dialect, clientEvents=True, webhooks=[
        {"url": receiver.url}, *([{"url": OWN.url, "secret": "YOUR_WEBHOOK_SECRET"}] if dialect == "workbunny-2" else []),
    ])
    for index, (dialect, receiver) in enumerate(RECEIVERS.items())
)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Dialects(PusherCase):
    apps = APPS
    settings = {"webhooks.leaveDelay": "1s"}

    @classmethod
    def setUpClass(cls):
        for receiver in (*RECEIVERS.values(), OWN):
            cls.enterClassContext(receiver)
        super().setUpClass()

    def history(self, app):
        """Somebody joins a presence channel, sends an event, and leaves."""
        room = unique("presence-x")
        # As an official client: what this is about is the other side.
        client = self.member(room, "u1", {"n": "A"}, app=app)
        client.trigger(room, "client-x", {"t": "中/文"})
        client.close()
        return room

    def assert_seconds(self, text):
        self.assertRegex(text, r"^\d{10}\.\d{3}$")
        self.assertLess(abs(float(text) - time.time()), 60)

    def test_webman_push(self):
        app, receiver = APPS[0], RECEIVERS["webman-push"]
        room = self.history(app)
        receiver.expect("channel_removed", channel=room)
        self.assertEqual(len(receiver.named("channel_added", channel=room)), 1)
        for name in ("user_added", "user_removed"):
            [event] = receiver.named(name, channel=room)
            self.assertEqual(set(event), {"name", "channel", "user_id", "id"})
            self.assertEqual(event["user_id"], "u1")
        self.assertEqual({event["name"] for event in receiver.events},
                         {"channel_added", "channel_removed", "user_added", "user_removed"}, "and nothing it does not know")
        for request in receiver.requests:
            self.assertTrue(request.is_signed(app))
            self.assertEqual(request.path, "/plugin/hook?z=1")
            self.assert_seconds(re.match(rb'\{"time_ms":([^,]+),', request.body)[1].decode())

    def test_workbunny(self):
        for app in APPS[1:]:
            receiver = RECEIVERS[app.settings["dialect"]]
            with self.subTest(app.key):
                room = self.history(app)

                def found(name):
                    decoded = [(event, json.loads(event["data"])) for event in receiver.named(name)]
                    return [(event, data) for event, data in decoded if data["channel"] == room]

                eventually("it is vacated", lambda: found("channel_vacated"))
                [(event, data)] = found("member_added")
                self.assertEqual(set(event), {"name", "data", "time"})
                self.assertEqual(list(data), ["id", "app_key", "channel", "user_id", "user_info", "time_ms"])
                self.assertEqual((data["app_key"], data["user_id"], data["user_info"]), (app.key, "u1", {"n": "A"}))
                self.assertRegex(data["id"], UUID)
                self.assert_seconds(event["time"])
                [(_, data)] = found("client_event")
                self.assertEqual((data["event"], data["data"]), ("client-x", {"t": "中/文"}))
                for name in ("channel_occupied", "channel_vacated", "member_removed"):
                    self.assertEqual(len(found(name)), 1, name)
                for request in receiver.requests:
                    self.assert_signed(request, app.secret)

    def test_workbunnys_secret_for_all_apps(self):
        self.history(APPS[1])
        OWN.expect("channel_vacated")
        for request in OWN.requests:
            self.assert_signed(request, "YOUR_WEBHOOK_SECRET")

    def assert_signed(self, request, secret):
        """As its hook-server signs: the method, the path, the sorted query and the body."""
        target = urlsplit(request.path)
        query = dict(parse_qsl(target.query))
        self.assertRegex(query["id"], UUID)
        text = f"POST\n{target.path}\n{urlencode(sorted(query.items()))}\n{request.body.decode()}"
        self.assertEqual(request.headers["sign"], sign(secret, text))
        self.assertEqual(request.headers["Content-Type"], "application/json")
        self.assertNotIn("X-Pusher-Signature", request.headers)
