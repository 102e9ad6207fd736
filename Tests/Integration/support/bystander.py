# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""A client in a process of its own, which a test can stop and kill: it logs in, reads, and says nothing of its own."""

import os
import sys
import tempfile

from .process import Process
from .waiting import eventually

PROGRAM = """
import sys
from websockets.sync.client import connect
with connect(sys.argv[1], compression=None, proxy=None, ping_interval=None, max_queue=None) as socket:
    for frame in socket:
        print(frame, flush=True)
"""


class Bystander:
    """The process. What it has received is what it has printed."""

    def __init__(self, server, access_token):
        self._directory = tempfile.TemporaryDirectory(prefix="push-bystander-")
        url = f"ws://127.0.0.1:{server.ws_port}/?access_token={access_token}"
        log = os.path.join(self._directory.name, "frames")
        self.process = Process([sys.executable, "-c", PROGRAM, url], log)
        eventually("it has logged in", lambda: '"type":"login","code":200' in self.process.log, 20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self._directory.cleanup()

    def has(self, ids):
        """Whether it has read all of these messages."""
        log = self.process.log
        return all(id in log for id in ids)
