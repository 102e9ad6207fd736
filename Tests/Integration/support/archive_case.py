# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The base of a test case whose server writes to MariaDB."""

import signal

from . import mariadb
from .case import ServerCase


class ArchiveCase(ServerCase):
    """A server with a database of its own in the MariaDB of the run; `archive_settings` are beside its URL."""

    archive_settings = {}

    @classmethod
    def setUpClass(cls):
        cls.mariadb = mariadb.shared()
        cls.database, url = cls.mariadb.database()
        cls.settings = {
            "storage.archive": "mariadb", "mariadb.url": url, "limits.messagesPerSecond": 0,
            "limits.recipientsPerSecond": 0, **cls.archive_settings,
        }
        super().setUpClass()

    def rows(self, where="1"):
        """Rows of the archive, in the order of their ids."""
        return self.mariadb.rows(self.database, where)

    def count(self, where="1"):
        """How many rows there are."""
        return int(self.mariadb.query(f"SELECT COUNT(*) FROM chat WHERE {where}", self.database)[0][0])


class OutageCase(ArchiveCase):
    """MariaDB may be killed or stopped in a test; afterwards it is there again."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._bring_back)

    def _bring_back(self):
        if self.mariadb.is_running:
            self.mariadb.process.signal(signal.SIGCONT)
        else:
            self.mariadb.start()

    def connect_live(self, uid, *sources):
        """Terminals that have what was missed: what becomes of the archive from now on does not concern their replay."""
        chats = [self.connect(uid, source) for source in sources or ("app",)]
        self.assert_has(self.backend().ask("to_uid", {"to_uid": uid, "content": "live"}, ack="stored"), code=200)
        for chat in chats:
            self.assertEqual(chat.receive()["content"], "live")
        return chats if sources else chats[0]

    def is_ready(self, server=None):
        """Whether the server says that it is ready."""
        return (server or self.server).readiness()[0] == 200
