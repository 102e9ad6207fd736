# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""push-server as a process: configured by its environment, on free loopback ports, with a private data directory."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile

from . import http
from .ports import free_ports
from .process import Process
from .waiting import eventually

REPOSITORY = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
BINARY = os.path.realpath(os.environ.get("PUSH_BINARY") or os.path.join(REPOSITORY, ".build", "release", "push-server"))

SECRET = "integration-udp-secret"
SERVER_KEY = "integration-http-key"


def environment_name(key):
    """The environment variable of a key: PUSH_ and the key in upper snake case."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key)
    return "PUSH_" + words.replace(".", "_").upper()


def environment_of(settings):
    """The caller's environment without any setting of the server, and these settings in it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PUSH_")}
    environment.update({environment_name(key): str(value) for key, value in settings.items() if value is not None})
    return environment


class PushServer:
    """A server on ports and a data directory of its own, which it keeps over restarts."""

    def __init__(self, settings=None, binary=BINARY, environment=None):
        self.binary, self.environment = binary, environment or {}
        self.directory = tempfile.mkdtemp(prefix="push-server-")
        self.data = os.path.join(self.directory, "data")
        self.ws_port, self.udp_port, self.http_port = free_ports(3)
        self.settings = {
            "websocket.port": self.ws_port,
            "udp.port": self.udp_port,
            "http.port": self.http_port,
            "data.directory": self.data,
            "udp.allow": f"127.0.0.0/8={SECRET}",
            "http.serverKeys": SERVER_KEY,
            "server.loops": 1,
            "server.drainTimeout": "10s",
        }
        self.settings.update(settings or {})
        self.process = None
        self.starts = 0

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.remove()

    # Life

    def start(self, until_ready=True, seconds=30.0):
        """Starts it and waits until it says that it is ready, or only that it lives."""
        self.spawn()
        path = "/health/ready" if until_ready else "/health/live"
        eventually(f"{path} answers 200", lambda: self.answers(path), seconds)
        return self

    def spawn(self):
        """Starts it and waits for nothing."""
        self.starts += 1
        log = os.path.join(self.directory, f"push-server-{self.starts}.log")
        # Not in the repository: its config/push-server.yaml would be read.
        environment = {**environment_of(self.settings), **self.environment}
        self.process = Process([self.binary, "serve"], log, environment, self.directory)

    def answers(self, path):
        """Whether a plain request is answered 200."""
        if not self.process.is_running:
            raise AssertionError(f"the server ended with code {self.process.exit_code}:\n{self.process.log}")
        try:
            return http.get(self.ws_port, path).status == 200
        except OSError:
            return False

    def stop(self, seconds=30.0):
        """SIGTERM, and the exit code."""
        return self.process.terminate(seconds)

    def kill(self):
        """kill -9."""
        self.process.kill()

    def remove(self):
        """Ends it and leaves nothing behind."""
        if self.process and self.process.is_running:
            self.process.signal(signal.SIGCONT)
            self.process.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    # What it offers

    @property
    def log(self):
        return self.process.log

    def metrics(self):
        """The metrics by name."""
        text = http.get(self.ws_port, "/metrics").text
        samples = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
        return {name: float(value) for name, value in samples}

    def readiness(self):
        """The status of /health/ready and what it says of each part."""
        response = http.get(self.ws_port, "/health/ready")
        return response.status, response.json

    def command(self, *arguments, settings=None, seconds=30.0):
        """Runs another command of the server with the same configuration."""
        environment = environment_of({**self.settings, **(settings or {})})
        return subprocess.run(
            [self.binary, *arguments], env=environment, cwd=self.directory, capture_output=True, text=True, timeout=seconds
        )

    def issue(self, uid, source="app", ttl=None):
        """Issues an access token."""
        arguments = ["token", "issue", "--uid", uid, "--source", source]
        done = self.command(*arguments, *(["--ttl", str(ttl)] if ttl else []))
        if done.returncode != 0:
            raise AssertionError(f"token issue: {done.stderr}")
        return done.stdout.splitlines()[0]

    def links(self):
        """The links that first-steps prints for the demo users, by user."""
        lines = (line.split(": ", 1) for line in self.command("first-steps").stdout.splitlines())
        return {uid: link for uid, link in lines if link.startswith("http")}

    def demo_tokens(self):
        """The access tokens of the demo users, by user."""
        return {uid: re.search(r"access_token=([^&]+)", link)[1] for uid, link in self.links().items()}

    def rows(self, where="1", *values):
        """Rows of the embedded archive, in the order of their ids."""
        path = os.path.join(self.data, "push-server.sqlite")
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            database.row_factory = sqlite3.Row
            found = database.execute(f"SELECT * FROM chat WHERE {where} ORDER BY id, to_uid", values).fetchall()
            return [dict(row) for row in found]
        finally:
            database.close()
