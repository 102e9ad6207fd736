# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Ten thousand connections that never say what they want."""

import contextlib
import resource
import socket
import time

from support import http
from support.case import ServerCase, unique
from support.waiting import eventually

WANTED = 10_000
PER_ADDRESS = 250
RESERVE = 1000


class HalfOpen(ServerCase):
    settings = {"websocket.headTimeout": "15s"}

    def test_a_healthy_client_does_not_notice_them_and_they_end_at_their_deadline(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        count = min(WANTED, hard - RESERVE)
        if count < 1000:
            self.skipTest(f"only {hard} descriptors")
        healthy, uid = self.connect(unique("healthy")), unique("newcomer")
        token = self.server.issue(uid)
        before = self.server.process.resident_bytes
        with contextlib.ExitStack() as sockets:
            begun = time.monotonic()
            for number in range(count):
                address = number // PER_ADDRESS + 2
                each = sockets.enter_context(socket.socket())
                each.bind((f"127.0.{address // 250}.{address % 250}", 0))
                each.connect(("127.0.0.1", self.server.ws_port))
                each.send(b"GET / HTTP/1.1\r\nHost: half-open\r\n")
                if number % 1000 == 0:
                    self.round_trip(healthy)
            if time.monotonic() - begun < 10:
                # Unless this machine is too slow, all of them are there at once.
                eventually("all are accepted", lambda: self.server.metrics()["push_connections"] >= count, 10)
            self.assertLess(self.server.process.resident_bytes - before, count * 16 * 1024)
            self.round_trip(healthy)
            self.open(token).expect_login()
            self.assertEqual(http.get(self.server.ws_port, "/health/ready").status, 200)
            eventually("they end", lambda: self.server.metrics()["push_connections"] < 10, 60, (OSError,))
            self.round_trip(healthy)

    def round_trip(self, chat):
        before = time.monotonic()
        self.assertEqual(chat.ask({"type": "ping"})["type"], "pong")
        self.assertLess(time.monotonic() - before, 2)

    def test_one_address_may_have_256_of_them(self):
        with contextlib.ExitStack() as sockets:
            held, port = [], ("127.0.0.1", self.server.ws_port)
            for _ in range(300):
                each = sockets.enter_context(socket.create_connection(port, source_address=("127.0.0.99", 0)))
                each.settimeout(0)
                held.append(each)

            def refused():
                return sum(self.is_refused(each) for each in held)

            eventually("the last 44 are refused", lambda: refused() == 300 - 256, 5)
            self.open(self.server.issue(unique("other"))).expect_login()

    def is_refused(self, each):
        try:
            return b"503" in each.recv(1000, socket.MSG_PEEK)
        except BlockingIOError:
            return False
