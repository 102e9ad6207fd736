# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Limits on connections, of the node and of one address."""

from support.case import ServerCase
from support.waiting import eventually
from support.wire import Plain


class Limits(ServerCase):
    settings = {"limits.connections": 40, "limits.connectionsPerIP": 20}

    def attempt(self, source="127.0.0.1"):
        """Connects and gives the status that a request is answered with, and the connection."""
        plain = self.enterContext(Plain(self.server.ws_port, source))
        try:
            plain.send(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            return int(plain.head().split()[1]), plain
        except (OSError, EOFError):
            return None, plain

    def test_too_many_connections_are_refused_and_those_open_go_on(self):
        held = {source: [self.attempt(source) for _ in range(20)] for source in ("127.0.0.2", "127.0.0.3")}
        self.assertEqual({status for each in held.values() for status, _ in each}, {200})
        for source in ("127.0.0.2", "127.0.0.4"):
            self.assertIn(self.attempt(source)[0], (503, None))
        for _, plain in held["127.0.0.2"]:
            plain.send(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertIn("200", plain.head())
        for each in held.values():
            for _, plain in each:
                plain.socket.close()
        eventually("there is room again", lambda: self.attempt("127.0.0.4")[0] == 200)

    def test_one_address_has_its_share(self):
        held = [self.attempt("127.0.0.5") for _ in range(20)]
        self.assertEqual({status for status, _ in held}, {200})
        self.assertIn(self.attempt("127.0.0.5")[0], (503, None))
        self.assertEqual(self.attempt("127.0.0.6")[0], 200)
