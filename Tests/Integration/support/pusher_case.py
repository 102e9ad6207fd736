# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The base of a test case for Pusher Channels: a server with apps, clients and calls for them."""

from .apps import App, AppsFile
from .case import ServerCase, unique
from .pusher import Pusher
from .pusher_api import PusherAPI
from .server import PushServer

# The key and the secret of the vectors in Pusher's documentation.
APP = App(
    "3", "278d425bdf160c739803", "7ad3773142a6692b25b8", clientEvents=True, clientEventsPerSecond=0,
    subscriptionCount=True,
)
OTHER = App("4", "another-key", "another-secret-of-another-app")


class PusherCase(ServerCase):
    """A server whose file of apps has `apps`; the first of them is `self.app`."""

    apps = (APP, OTHER)

    @classmethod
    def setUpClass(cls):
        server = PushServer(cls.settings)
        cls.apps_file = AppsFile(server.directory, cls.apps)
        server.settings["apps.file"] = cls.apps_file.path
        cls.server = cls.enterClassContext(server)
        cls.app = cls.apps[0]
        cls.api = PusherAPI(cls.server, cls.app)

    def open_app(self, app=None, **options):
        """A client that has connected and has not read anything."""
        return self.enterContext(Pusher(self.server, app or self.app, **options))

    def pusher(self, app=None, **options):
        """A client that has been greeted."""
        return self.open_app(app, **options).expect_established()

    def member(self, channel, user, info=None, **options):
        """A client that has joined a presence channel."""
        client = self.pusher(**options)
        client.join(channel, user, info)
        return client

    def events_before(self, fence_channel, *clients):
        """What each client has got before an event that is published now on a channel to which all of them subscribe.

        An event of one caller follows that caller's earlier events; those of others have had two round trips.
        """
        name = unique("fence")
        self.api.trigger(fence_channel, name)
        return [client.until(name, fence_channel)[:-1] for client in clients]

    def assert_error(self, event, code=None):
        """A `pusher:error` as all clients can read it, and which none takes for the end."""
        self.assertEqual(event.name, "pusher:error", event.text)
        self.assertNotIn("channel", event)
        self.assertIsInstance(event["data"], dict, event.text)
        self.assertIn("code", event["data"])
        self.assertEqual(event["data"]["code"], code, event.text)
        self.assertIsInstance(event["data"]["message"], str)
        self.assertTrue(event["data"]["message"])

    def assert_refused(self, client, channel, status=None, type=None):
        """The next event says that a subscription is refused, in the shape that pusher-js builds itself."""
        event = client.expect("pusher:subscription_error", channel)
        self.assertIsInstance(event["data"], str, event.text)
        data = event.data
        self.assertEqual(set(data), {"type", "error", "status"}, event.text)
        self.assertIsInstance(data["status"], int)
        if status is not None:
            self.assertEqual(data["status"], status, event.text)
        if type is not None:
            self.assertEqual(data["type"], type, event.text)
        return data
