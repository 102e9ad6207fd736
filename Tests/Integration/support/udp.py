# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""A backend that speaks the UDP protocol."""

import json
import socket

from .server import SECRET


class Backend:
    """One socket, from one loopback address."""

    def __init__(self, server, address="127.0.0.1", secret=SECRET):
        self.secret = secret
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        self._socket.bind((address, 0))
        self._socket.connect(("127.0.0.1", server.udp_port))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def send(self, datagram):
        """Sends bytes, text, or an object as JSON, as they are."""
        if not isinstance(datagram, (bytes, str)):
            datagram = json.dumps(datagram, ensure_ascii=False)
        self._socket.send(datagram if isinstance(datagram, bytes) else datagram.encode())

    def receive(self, seconds=10.0):
        """The next reply, as bytes."""
        self._socket.settimeout(seconds)
        return self._socket.recv(65536)

    def exchange(self, datagram, seconds=10.0):
        """Sends a datagram as it is and gives the reply."""
        self.send(datagram)
        return json.loads(self.receive(seconds))

    def command(self, means, data=None, **members):
        """The envelope of a command."""
        command = {"sk": self.secret, "means": means, **members}
        if data is not None:
            command["data"] = data
        return command

    def ask(self, means, data=None, seconds=10.0, **members):
        """Sends a command and gives the reply."""
        return self.exchange(self.command(means, data, **members), seconds)

    def drain(self):
        """Takes what has come already, and gives how many datagrams that was."""
        self._socket.setblocking(False)
        count = 0
        try:
            while self._socket.recv(65536):
                count += 1
        except (BlockingIOError, ConnectionRefusedError):
            return count
        finally:
            self._socket.setblocking(True)
