# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The HTTP proxy alone as a process, and a way to its nodes that loses datagrams."""

import os
import random
import select
import shutil
import socket
import tempfile
import threading

from . import http
from .ports import free_ports
from .process import Process
from .server import BINARY, SECRET, SERVER_KEY, environment_of
from .waiting import eventually


class HTTPProxy:
    """A proxy on a port and in a data directory of its own, unless it is told another."""

    def __init__(self, udp_ports, settings=None):
        self.directory = tempfile.mkdtemp(prefix="push-http-")
        self.port, = free_ports(1)
        self.settings = {
            "http.port": self.port,
            "http.nodes": ",".join(f"127.0.0.1:{port}={SECRET}" for port in udp_ports),
            "http.serverKeys": SERVER_KEY,
            "data.directory": os.path.join(self.directory, "data"),
            "server.loops": 1,
            **(settings or {}),
        }
        self.process = None

    def __enter__(self):
        log = os.path.join(self.directory, "push-http.log")
        self.process = Process([BINARY, "http"], log, environment_of(self.settings), self.directory)
        eventually("the proxy is ready", self.is_ready, 30)
        return self

    def __exit__(self, *_):
        self.process.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def is_ready(self):
        """Whether /health/ready answers 200."""
        if not self.process.is_running:
            raise AssertionError(f"the proxy ended with code {self.process.exit_code}:\n{self.process.log}")
        try:
            return http.get(self.port, "/health/ready").status == 200
        except OSError:
            return False

    def call(self, path, body=None, key=SERVER_KEY):
        """A call in the name of a backend, or with another credential: GET, or POST where there is a body."""
        method = "GET" if body is None else "POST"
        return http.request(method, self.port, path, body, headers=http.bearer(key), seconds=20)

    def metrics(self):
        """The metrics by name."""
        lines = http.get(self.port, "/metrics").text.splitlines()
        samples = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
        return {name: float(value) for name, value in samples}


class LossyRelay:
    """Stands between a proxy and one node: in each direction the first datagram is lost, later one in ten, and one in ten
    comes twice."""

    def __init__(self, udp_port, seed):
        self._node = ("127.0.0.1", udp_port)
        self._random = random.Random(seed)
        self._outside = socket.socket(type=socket.SOCK_DGRAM)
        self._outside.bind(("127.0.0.1", 0))
        self._inside = socket.socket(type=socket.SOCK_DGRAM)
        self._inside.bind(("127.0.0.1", 0))
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.lost = 0

    @property
    def port(self):
        return self._outside.getsockname()[1]

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ends.set()
        self._thread.join()
        self._outside.close()
        self._inside.close()

    def _run(self):
        client = None
        fresh = {self._outside, self._inside}
        while not self._ends.is_set():
            for source in select.select([self._outside, self._inside], [], [], 0.05)[0]:
                datagram, address = source.recvfrom(65536)
                if source is self._outside:
                    client = address
                copies = 0 if source in fresh else self._random.choices((0, 1, 2), (1, 8, 1))[0]
                fresh.discard(source)
                self.lost += copies == 0
                for _ in range(copies):
                    if source is self._outside:
                        self._inside.sendto(datagram, self._node)
                    elif client:
                        self._outside.sendto(datagram, client)
