# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The base of a test case that has a server to itself."""

import itertools
import unittest

from .chat import Chat
from .server import PushServer
from .udp import Backend

_numbers = itertools.count(1)


def unique(name):
    """A uid that no other test uses."""
    return f"{name}-{next(_numbers)}"


class ServerCase(unittest.TestCase):
    """Starts one server for the class. Each test uses its own uids, and ends with the server alive."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(PushServer(cls.settings))

    def setUp(self):
        self.first_process = self.server.process
        self.addCleanup(self._check_alive)

    def _check_alive(self):
        process = self.server.process
        if process is self.first_process and not process.is_running:
            log = process.log[-4000:]
            # The next test starts on a living server; this one has killed its own.
            self.server.start()
            self.fail(f"the server ended with code {process.exit_code}:\n{log}")

    def connect(self, uid, source="app", server=None, **options):
        """A logged-in client."""
        server = server or self.server
        return self.open(server.issue(uid, source), server=server, **options).expect_login()

    def open(self, access_token=None, server=None, **options):
        """A client that has connected, with or without a token, and has not read anything."""
        chat = Chat(server or self.server, access_token, **options)
        self.addCleanup(chat.close)
        return chat

    def backend(self, **options):
        """A backend's UDP socket."""
        return self.enterContext(Backend(self.server, **options))

    def assert_has(self, frame, **members):
        """The members have these values, whatever else there is."""
        self.assertEqual({name: frame.get(name) for name in members}, members, getattr(frame, "text", frame))
