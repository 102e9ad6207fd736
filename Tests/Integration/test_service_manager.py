# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""What a service manager such as systemd is told: ready, reloading, stopping, alive (sd_notify)."""

import os
import signal
import socket
import tempfile
import time
import unittest

from support import http
from support.server import PushServer
from support.udp import Backend


class Manager:
    """The socket of a service manager."""

    def __init__(self, name):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(name)

    def next(self, seconds=20.0):
        """The fields of the next message."""
        self.socket.settimeout(seconds)
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().splitlines())

    def until(self, field, seconds=20.0):
        """The first message with a field; beats before it are passed over, and nothing else may come."""
        while True:
            message = self.next(seconds)
            if field in message:
                return message
            if "WATCHDOG" not in message:
                raise AssertionError(f"{message} instead of {field}")

    def close(self):
        self.socket.close()


class ServiceManager(unittest.TestCase):
    def setUp(self):
        self.server = PushServer()
        self.addCleanup(self.server.remove)
        self.directory = self.enterContext(tempfile.TemporaryDirectory(prefix="push-notify-"))

    def spawn(self, name, **variables):
        """Starts a server under a manager with a socket of this name."""
        manager = Manager("\0" + name[1:] if name.startswith("@") else name)
        self.addCleanup(manager.close)
        variables["NOTIFY_SOCKET"] = name
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables)
        try:
            self.server.spawn()
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
        return manager

    def check_life(self, name):
        manager = self.spawn(name)
        ready = manager.next(30)
        # At once, not eventually: whoever was told "ready" may come now.
        for port in (self.server.ws_port, self.server.http_port):
            self.assertEqual(http.get(port, "/health/live").status, 200)
        with Backend(self.server) as backend:
            self.assertEqual(backend.ask("is_on_line", {"to_uid": "a"})["code"], 200)
        self.assertEqual(ready["READY"], "1")

        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self.server.process.signal(signal.SIGHUP)
        reloading = manager.next()
        self.assertEqual(reloading["RELOADING"], "1")
        after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self.assertTrue(before <= int(reloading["MONOTONIC_USEC"]) <= after)
        self.assertEqual(manager.next()["READY"], "1")
        self.assertIn("configuration reloaded", self.server.log)

        self.server.process.signal(signal.SIGTERM)
        self.assertEqual(manager.next()["STOPPING"], "1")
        self.assertEqual(self.server.process.wait(20), 0)

    def test_life_by_a_socket_with_a_path(self):
        self.check_life(os.path.join(self.directory, "notify"))

    def test_life_by_an_abstract_socket(self):
        self.check_life(f"@push-notify-{os.getpid()}-{id(self)}")

    def test_a_reload_that_is_refused_ends_too(self):
        self.server.settings["config"] = config = os.path.join(self.directory, "config.yaml")
        with open(config, "w") as file:
            file.write("log:\n  level: info\n")
        manager = self.spawn(os.path.join(self.directory, "notify"))
        manager.until("READY", 30)
        with open(config, "w") as file:
            file.write("log:\n  level: loud\n")
        self.server.process.signal(signal.SIGHUP)
        manager.until("RELOADING")
        manager.until("READY")
        self.assertIn("reload refused", self.server.log)

    def test_a_watchdog_is_fed_as_long_as_the_loops_turn(self):
        manager = self.spawn(os.path.join(self.directory, "notify"), WATCHDOG_USEC="200000")
        manager.until("READY", 30)
        for _ in range(5):
            manager.until("WATCHDOG")
        self.server.process.signal(signal.SIGSTOP)
        with self.assertRaises(TimeoutError):
            for _ in range(100):
                manager.next(1)
        self.server.process.signal(signal.SIGCONT)
        manager.until("WATCHDOG")

    def test_a_watchdog_of_another_process_is_not(self):
        manager = self.spawn(os.path.join(self.directory, "notify"), WATCHDOG_USEC="100000", WATCHDOG_PID="1")
        manager.until("READY", 30)
        with self.assertRaises(TimeoutError):
            manager.next(1)

    def test_no_ready_where_the_start_fails(self):
        self.server.settings["websocket.host"] = "192.0.2.1"
        manager = self.spawn(os.path.join(self.directory, "notify"))
        self.assertNotEqual(self.server.process.wait(20), 0)
        with self.assertRaises(TimeoutError):
            manager.next(0.2)

    def test_a_manager_that_is_gone_or_nonsense_changes_nothing(self):
        for name in ("/nowhere/at/all", "relative", "@", "/" + "x" * 200, "vsock:2:1"):
            with self.subTest(name):
                os.environ["NOTIFY_SOCKET"] = name
                try:
                    self.server.start()
                finally:
                    del os.environ["NOTIFY_SOCKET"]
                self.assertEqual(self.server.stop(), 0)
