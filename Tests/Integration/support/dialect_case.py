# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The base of a test case for the older dialects: apps that speak them, their clients and the frames they expect."""

from .apps import App
from .dialect import DialectClient, shape
from .pusher_case import PusherCase

SECRET = "U2FsdGVkX1+vlfFH8Q9XdZ9t9h2bABGYAZltEYAX6UM="
WEBMAN = App("1024", "testkey", SECRET, dialect="webman-push")
WORKBUNNY_2 = App("2", "workbunny2", SECRET, dialect="workbunny-2")
WORKBUNNY_3 = App("1", "workbunny", SECRET, dialect="workbunny-3")
DIALECTS = (WEBMAN, WORKBUNNY_2, WORKBUNNY_3)


class DialectCase(PusherCase):
    """A server with an app of each dialect, or with those of the class."""

    apps = DIALECTS

    def dialect(self, app=None, **options):
        """A client that has been greeted."""
        return self.open_dialect(app, **options).expect_established()

    def open_dialect(self, app=None, **options):
        return self.enterContext(DialectClient(self.server, app or self.app, **options))

    def assert_frames(self, client, *frames):
        """The next frames are these, as they were captured from the server of that dialect."""
        for frame in frames:
            event = client.receive()
            self.assertEqual(event.shape, shape(frame), f"{event.text} is not {frame}")

    def assert_answers(self, client, conversation):
        """Each text is answered by these frames, and by nothing else."""
        for text, frames in conversation:
            with self.subTest(text):
                client.send(text)
                self.assert_frames(client, *frames)
                self.assertEqual([event.text for event in client.rest()], [])
