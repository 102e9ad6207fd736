# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""What the tests of missed messages stand on, over either archive."""

import os
import sqlite3

from . import http
from .archive_case import OutageCase
from .case import ServerCase
from .redis import Redis
from .server import SERVER_KEY
from .waiting import eventually

# A cursor in the archive stays behind ids that are younger than `archive.settle`. With none, a clean reconnect
# repeats nothing, and a test can say so.
STRICT = {"limits.messagesPerSecond": 0, "limits.recipientsPerSecond": 0, "archive.settle": "0s"}


class Terminals:
    """Steps of a test that has a `server`, and `select` for rows of its archive."""

    def token(self, uid, source="app"):
        """The access token of a terminal: one is issued, and kept."""
        tokens = self.__dict__.setdefault("_tokens", {})
        if (uid, source) not in tokens:
            tokens[uid, source] = self.server.issue(uid, source)
        return tokens[uid, source]

    def enter(self, uid, source="app", **options):
        """A terminal that has logged in, always with the same token."""
        return self.open(self.token(uid, source), **options).expect_login()

    def visit(self, uid, source="app", **options):
        """A login and a clean end, so that the terminal has a cursor, and nothing is missing before what follows."""
        chat = self.enter(uid, source, **options)
        self.rest_by_mark(chat)
        self.leave(chat)

    def leave(self, chat):
        """An end once the cursor is in the archive: it follows a pong that is asked for each second, and is written once a second."""
        data = chat.login["data"]
        newest, = self.select(f"SELECT MAX(id) FROM chat WHERE to_uid = '{data['uid']}'")
        self.assertEqual(chat.rest(), [])
        eventually("the cursor is written", lambda: self.cursors(data["uid"]).get(data["source"]) == newest[0], 10)
        chat.close()

    def store(self, uid, contents, sender="0"):
        """Sends messages in the name of a backend and gives their ids when all are safe."""
        calls = [{"to_uid": uid, "uid": sender, "content": each, "ack": "stored"} for each in contents]
        step = max(1, min(100, 900_000 // max((len(str(each)) + 100 for each in contents), default=1)))
        ids = []
        for first in range(0, len(calls), step):
            answer = http.post(
                self.server.http_port, "/chat/index", calls[first : first + step], headers=http.bearer(SERVER_KEY),
                seconds=30,
            )
            results = answer.json["data"]
            self.assertEqual({result.get("code", 200) for result in results}, {200}, answer.text[:500])
            ids += [result["id"] for result in results]
        return ids

    def take(self, chat, count, seconds=10.0):
        """The next so many messages; nothing else may come between them."""
        frames = [chat.receive(seconds) for _ in range(count)]
        self.assertEqual([frame for frame in frames if "id" not in frame or "content" not in frame], [])
        return frames

    def rest_by_mark(self, chat, seconds=10.0):
        """The messages that come before one that is sent now: what is missed cannot be overtaken by it."""
        mark, = self.store(chat.uid, ["mark"])
        frames = []
        while (frame := chat.receive(seconds)).get("id") != mark or frame["type"] == "read":
            frames.append(frame)
        return frames

    def assert_replayed(self, frames, ids):
        """These messages in this order, each as one that was missed."""
        self.assertEqual([(frame["id"], frame["state"]) for frame in frames], [(each, 0) for each in ids])

    def cursors(self, uid):
        """The cursor of each terminal, as the archive has it."""
        return {source: id for source, id in self.select(f"SELECT source, id FROM `cursor` WHERE uid = '{uid}'")}

    def states(self, uid):
        """The states of the messages to a user, in the order of their ids."""
        return [int(state) for state, in self.select(f"SELECT state FROM chat WHERE to_uid = '{uid}' ORDER BY id")]


class EmbeddedCase(Terminals, ServerCase):
    """A server with nothing beside it."""

    replay_settings = {}

    @classmethod
    def setUpClass(cls):
        cls.settings = {**STRICT, **cls.replay_settings}
        super().setUpClass()

    def select(self, sql):
        """Rows of the archive as lists of text."""
        database = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)
        try:
            return [[str(value) for value in row] for row in database.execute(sql)]
        finally:
            database.close()

    def change(self, sql):
        """Changes the archive behind the server's back."""
        database = sqlite3.connect(self._path, timeout=20)
        with database:
            database.execute(sql)
        database.close()

    @property
    def _path(self):
        return os.path.join(self.server.data, "push-server.sqlite")


class RedisMariaDBCase(Terminals, OutageCase):
    """A server with a Redis to itself and a database in the MariaDB of the run."""

    replay_settings = {}

    @classmethod
    def setUpClass(cls):
        redis = cls.enterClassContext(Redis())
        cls.archive_settings = {
            **STRICT, "storage.sessions": "redis", "redis.url": redis.url, **cls.replay_settings,
        }
        super().setUpClass()

    def select(self, sql):
        """Rows of the archive as lists of text."""
        return self.mariadb.query(sql, self.database)

    def change(self, sql):
        """Changes the archive behind the server's back."""
        self.mariadb.query(sql, self.database)
