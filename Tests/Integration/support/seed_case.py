# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The base of a test case for apps of the older dialects: a server with one app of each, and PHP backends for them."""

import json
import os
import subprocess

from .apps import App
from .php import PHP
from .pusher_case import PusherCase

WEBMAN = App("1024", "webman-key", "0123456789abcdef0123456789abcdef", dialect="webman-push", clientEvents=True)
WORKBUNNY_2 = App(
    "1", "workbunny", "U2FsdGVkX1+vlfFH8Q9XdZ9t9h2bABGYAZltEYAX6UM=", dialect="workbunny-2", clientEvents=True
)
WORKBUNNY_3 = App(
    "2", "workbunny-3", "U2FsdGVkX1+another+secret+of+an+app==", dialect="workbunny-3", clientEvents=True
)
PUSHER = App("3", "pusher-key", "pusher-secret-of-an-app", clientEvents=True)

CLIENTS = os.path.join(os.path.dirname(__file__), "seed_clients.php")


class SeedCase(PusherCase):
    """The clients speak Pusher's protocol and say so: what is tested is how backends are answered."""

    apps = (WEBMAN, WORKBUNNY_2, WORKBUNNY_3, PUSHER)

    def php(self, name, app, *calls, port=None):
        """What the calls of a PHP backend give, each a method's name and its arguments."""
        arguments = [f"http://127.0.0.1:{port or self.server.http_port}", app.key, app.secret]
        if name == "WorkbunnyAPI":
            arguments.append(app.id)
        task = {"class": name, "arguments": arguments, "calls": [[call[0], list(call[1:])] for call in calls]}
        done = subprocess.run(
            [PHP, "-d", "display_errors=stderr", CLIENTS], input=json.dumps(task).encode(), capture_output=True,
            timeout=60,
        )
        self.assertEqual((done.returncode, done.stderr), (0, b""), done.stdout)
        return json.loads(done.stdout)

    def listener(self, app, *channels, user="listener"):
        """A client that has subscribed. Workbunny's backends send data of any kind."""
        client = self.pusher(app, checks=False)
        for channel in channels:
            client.subscribe(channel, {"user_id": user} if channel.startswith("presence-") else None)
        client.rest()
        return client

    def assert_given(self, event, data):
        """The data of an event is what a backend gave. What was no text may have come as the text of its JSON, since these
        clients speak Pusher's protocol."""
        if isinstance(data, str):
            self.assertEqual(event["data"], data)
        else:
            self.assertEqual(json.loads(self.json_of(event)), data)

    @staticmethod
    def json_of(event):
        """The JSON of data that was no text, as it was written."""
        return event["data"] if isinstance(event["data"], str) else event.raw["data"]

    def assert_answer(self, answer, status, body, kind=None):
        """A body of text is JSON's where the answer says so, and compared as it was written."""
        self.assertEqual((answer.status, answer.text), (status, body))
        self.assertEqual(answer.headers.get_content_type(), kind or "application/json")
