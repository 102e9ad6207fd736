# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The base of a test case whose server has a Redis to itself."""

import base64
import json

from .case import ServerCase
from .redis import Redis


def access_token(token, uid, source="app"):
    """An access token of these fields."""
    text = base64.b64encode(f"{token}.{uid}.{source}".encode()).decode()
    return text.translate(str.maketrans("+/=", "-_,"))


class RedisCase(ServerCase):
    """A server with a Redis to itself; `redis_settings` are beside its URL."""

    redis_settings = {}

    @classmethod
    def setUpClass(cls):
        cls.redis = cls.enterClassContext(Redis())
        cls.prefix = cls.redis_settings.get("redis.prefix", "")
        cls.settings = {"storage.sessions": "redis", "redis.url": cls.redis.url, **cls.redis_settings}
        super().setUpClass()

    def record(self, uid, value):
        """Writes a login record."""
        value = value if isinstance(value, (bytes, str)) else json.dumps(value)
        self.redis.command("SET", f"{self.prefix}login{uid}", value)

    def code(self, token, uid, source="app"):
        """The code that a login is answered with."""
        chat = self.open(access_token(token, uid, source))
        frame = chat.receive()
        chat.close()
        return frame["code"]

    def enter(self, uid, source="app", **options):
        """A logged-in client, whose record is made so that it may be."""
        self.record(uid, {each: {"token": "t"} for each in ("app", "pc", "weixin")})
        return self.open(access_token("t", uid, source), **options).expect_login()
