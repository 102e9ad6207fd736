# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""A real Redis with data of its own, and a client that keeps bytes as they are."""

import io
import json
import os
import shutil
import socket
import tempfile
import unittest

from .ports import free_port
from .process import Process
from .waiting import eventually

PASSWORD = "integration-redis"


class RedisError(Exception):
    """What Redis refused."""


class Redis:
    """A redis-server that can be killed and started again with what it has kept."""

    def __init__(self):
        program = shutil.which("redis-server")
        if not program:
            raise unittest.SkipTest("redis-server is not installed")
        self._program = program
        self.directory = tempfile.mkdtemp(prefix="push-redis-")
        self.port = free_port()
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process:
            self.process.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self):
        """Starts it, on the same port and data as before."""
        arguments = [
            self._program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.directory,
            "--requirepass", PASSWORD, "--appendonly", "yes", "--appendfsync", "always", "--save", "",
        ]
        self.process = Process(arguments, os.path.join(self.directory, "redis.log"))
        eventually("redis answers", lambda: self.command("PING") == b"PONG", 20, (OSError, RedisError))
        return self

    def kill(self):
        """kill -9."""
        self.process.kill()

    @property
    def url(self):
        return f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"

    def command(self, *arguments):
        """One command on a connection of its own."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            with connection.makefile("rb") as reader:
                connection.sendall(_encoded("AUTH", PASSWORD))
                _reply(reader)
                connection.sendall(_encoded(*arguments))
                return _reply(reader)

    def hash(self, key):
        """The fields of a hash, whose values are JSON."""
        flat = self.command("HGETALL", key)
        return {name.decode(): json.loads(value) for name, value in zip(flat[::2], flat[1::2])}

    def subscribe(self, channel):
        """A connection that gets what is published on a channel."""
        return Subscription(self, channel)

    def keys(self, pattern="*"):
        return sorted(key.decode() for key in self.command("KEYS", pattern))


class Subscription:
    """What is published on a channel of Redis."""

    def __init__(self, redis, channel):
        self.socket = socket.create_connection(("127.0.0.1", redis.port), timeout=10)
        self.received = b""
        for command in (("AUTH", PASSWORD), ("SUBSCRIBE", channel)):
            self.socket.sendall(_encoded(*command))
            self._next(10.0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def message(self, seconds=10.0):
        """The next message. TimeoutError where there is none."""
        return self._next(seconds)[2]

    def _next(self, seconds):
        self.socket.settimeout(seconds)
        while True:
            # What has not come whole is read again with what follows.
            reader = io.BytesIO(self.received)
            try:
                reply = _reply(reader)
                self.received = self.received[reader.tell():]
                return reply
            except ConnectionError:
                pass
            more = self.socket.recv(65536)
            if not more:
                raise EOFError("redis closed the connection")
            self.received += more


def _encoded(*arguments):
    parts = [argument if isinstance(argument, bytes) else str(argument).encode() for argument in arguments]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


def _reply(reader):
    line = reader.readline()
    if not line.endswith(b"\r\n"):
        raise ConnectionError("redis closed the connection")
    kind, rest = line[:1], line[1:-2]
    if kind == b"-":
        raise RedisError(rest.decode())
    if kind == b"+":
        return rest
    if kind == b":":
        return int(rest)
    if kind == b"$":
        if rest == b"-1":
            return None
        value = reader.read(int(rest) + 2)
        if not value.endswith(b"\r\n") or len(value) < int(rest) + 2:
            raise ConnectionError("redis closed the connection")
        return value[:-2]
    return None if rest == b"-1" else [_reply(reader) for _ in range(int(rest))]
