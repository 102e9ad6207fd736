# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The base of a test case for the server that has every example of an extension installed."""

import os
import unittest

from .apps import AppsFile
from .pusher_api import PusherAPI
from .pusher_case import APP, OTHER, PusherCase
from .server import BINARY, REPOSITORY, PushServer

TOKEN = "example-token"


def example_server():
    """The program: where it is named, beside the server, or where `swift build` puts it."""
    places = (
        os.environ.get("PUSH_TEST_EXAMPLE_SERVER"), os.path.join(os.path.dirname(BINARY), "ExampleServer"),
        os.path.join(REPOSITORY, ".build", "debug", "ExampleServer"),
    )
    for place in places:
        if place and os.access(place, os.X_OK):
            return place
    raise unittest.SkipTest("ExampleServer is not built: swift build --product ExampleServer")


class ExtensionCase(PusherCase):
    """Like its base, with the examples installed; the feed's file is `self.feed`."""

    apps = (APP.but(clientEvents=True, monitor=True, id="1001"), OTHER)

    @classmethod
    def setUpClass(cls):
        server = PushServer(cls.settings, binary=example_server())
        cls.feed = os.path.join(server.directory, "feed")
        server.environment = {"EXAMPLE_TOKEN": TOKEN, "EXAMPLE_FEED": cls.feed}
        cls.apps_file = AppsFile(server.directory, cls.apps)
        server.settings["apps.file"] = cls.apps_file.path
        cls.server = cls.enterClassContext(server)
        cls.app = cls.apps[0]
        cls.api = PusherAPI(cls.server, cls.app)
