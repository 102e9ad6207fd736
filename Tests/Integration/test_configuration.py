# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a configuration is said at the start: key, value and file, and never a default instead."""

import json
import os
import re
import socket
import subprocess
import unittest

from support.ports import free_port
from support.server import BINARY, REPOSITORY, SECRET, PushServer, environment_of

INVALID_CONFIGURATION = 78


class Configuration(unittest.TestCase):
    def setUp(self):
        self.server = PushServer()
        self.addCleanup(self.server.remove)

    def file(self, text):
        path = os.path.join(self.server.directory, "a file.yaml")
        with open(path, "w") as file:
            file.write(text)
        return path

    def check(self, *arguments, settings=None, command="check-config"):
        """Runs check-config with nothing but these settings."""
        return subprocess.run(
            [BINARY, command, *arguments], env=environment_of(settings or {}), cwd=self.server.directory,
            capture_output=True, text=True, timeout=30,
        )

    def assert_refused(self, done, *words, code=INVALID_CONFIGURATION):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertNotRegex(done.stderr, r"Fatal error|crashed|Backtrac")

    def test_every_key_of_the_shipped_file_is_known_and_says_its_default(self):
        path = os.path.join(REPOSITORY, "config", "push-server.yaml")

        def values(*arguments):
            done = self.check(*arguments)
            self.assertEqual(done.returncode, 0, done.stderr)
            return dict(re.findall(r"^(\S+) = (.*) \([^()]*(?:\(.*\))?[^()]*\)$", done.stdout, re.MULTILINE))

        shipped, defaults = values("--config", path), values()
        self.assertGreater(len(defaults), 40)
        self.assertEqual(set(shipped), set(defaults))
        different = {key for key in defaults if shipped[key] != defaults[key]}
        self.assertEqual(different, {"demo.users"}, "the file says another default than the server has")
        with open(path) as file:
            text = file.read()
        for key in defaults:
            with self.subTest(key):
                self.assertRegex(text, rf"(?m)^ *{key.rsplit('.', 1)[1]}:")

    def test_production_file_is_valid(self):
        path = os.path.join(REPOSITORY, "config", "production.yaml")
        done = self.check("--config", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        for line in (
            "websocket.host = 0.0.0.0", "udp.host = 0.0.0.0", "http.host = 0.0.0.0", "storage.sessions = redis",
            "storage.archive = mariadb",
        ):
            self.assertIn(line, done.stdout)
        self.assertEqual(self.check("--config", path, "--print", "demo.users").stdout.strip(), "[]")

    def test_misspelt_keys_are_named_with_their_place(self):
        for text, key in (
            ("websocket:\n  prot: 9601\n", "websocket.prot"), ("webscoket:\n  port: 1\n", "webscoket"),
            ("websocket.port: 9601\nport: 1\n", "port"),
        ):
            with self.subTest(key):
                path = self.file(text)
                done = self.check("--config", path)
                self.assert_refused(done, key, path)
                self.assertRegex(done.stderr, r"yaml:\d")
        self.assert_refused(self.check(settings={"websocket.prot": 1}), "PUSH_WEBSOCKET_PROT")
        self.assert_refused(self.check("--set", "websocket.prot=1"), "websocket.prot")

    def test_wrong_values_are_named_with_key_value_and_file(self):
        wrong = {
            "websocket.port": "95o1", "udp.port": "70000", "http.port": "-1", "storage.sessions": "memcached",
            "storage.archive": "mysql", "log.level": "loud", "log.format": "xml", "server.loops": "many",
            "server.node": "1024", "websocket.pingInterval": "25 parsecs", "archive.queueBytes": "lots",
            "udp.allow": "[nobody]", "limits.messagesPerSecond": "2.5", "auth.tokenOrder": "token",
            "redis.url": "http://x", "mariadb.url": "mysql://", "auth.sources": "[a b]",
        }
        for key, value in wrong.items():
            with self.subTest(key):
                section, name = key.split(".")
                path = self.file(f"{section}:\n  {name}: {value}\n")
                shown = [] if key in ("udp.allow", "redis.url", "mariadb.url") else [value.strip("[]")]
                self.assert_refused(self.check("--config", path), key, path, *shown)

    def test_wrong_shapes_are_named_with_key_and_file(self):
        for text, key in (
            ("websocket:\n  host: []\n", "websocket.host"), ("websocket: 1\n", "websocket"),
            ("log:\n  level: {a: 1}\n", "log.level"), ("http:\n  corsOrigins:\n    a: 1\n", "http.corsOrigins"),
        ):
            with self.subTest(key):
                path = self.file(text)
                self.assert_refused(self.check("--config", path), key, path)

    def test_several_problems_are_told_at_once(self):
        path = self.file("websocket:\n  port: x\nlog:\n  level: loud\nnonsense: 1\n")
        self.assert_refused(self.check("--config", path), "websocket.port", "log.level", "nonsense")

    def test_broken_and_missing_files(self):
        self.assert_refused(self.check("--config", self.file("websocket: [\n")), "a file.yaml")
        self.assert_refused(self.check("--config", self.file("- 1\n")), "a file.yaml")
        self.assert_refused(self.check("--config", self.file("websocket:\n  port: 1\n  port: 2\n")), "port")
        self.assert_refused(self.check("--config", os.path.join(self.server.directory, "none.yaml")), "none.yaml")
        self.assert_refused(self.check("--config", self.server.directory), self.server.directory)

    def test_secrets_are_not_shown(self):
        path = self.file(f'udp:\n  allow: ["10.0.0.0/99={SECRET}"]\nredis:\n  url: "redis://:{SECRET}@/x/y"\n')
        done = self.check("--config", path)
        self.assert_refused(done, "udp.allow", "redis.url")
        self.assertNotIn(SECRET, done.stdout + done.stderr)

    def test_what_does_not_go_together(self):
        self.assert_refused(self.check(settings={"storage.sessions": "redis"}), "redis.url")
        self.assert_refused(self.check(settings={"storage.archive": "mariadb"}), "mariadb.url")
        times = {"websocket.pingInterval": "60s", "websocket.idleTimeout": "30s"}
        self.assert_refused(self.check(settings=times), "websocket.idleTimeout")

    def test_environment_wins_over_the_file_and_flags_over_both(self):
        path = self.file("websocket:\n  port: 9601\nudp:\n  port: 9602\nhttp:\n  port: 9603\n")
        done = self.check("--config", path, "--set", "http.port=9703", settings={"udp.port": 9702, "http.port": 1})
        for line in ("websocket.port = 9601", "udp.port = 9702", "http.port = 9703"):
            self.assertIn(line + " (", done.stdout)
        self.assertIn("PUSH_UDP_PORT", done.stdout)
        self.assertIn(path, done.stdout)

    def test_serve_refuses_the_same(self):
        path = self.file("websocket:\n  port: x\n")
        self.assert_refused(self.check("--config", path, command="serve"), "websocket.port", "'x'", path)

    def unusable(self, key, value):
        """Starts a server that cannot have an address, and gives what it said."""
        self.server.settings[key] = value
        self.server.spawn()
        self.assertNotIn(self.server.process.wait(20), (0, None), self.server.log)
        self.assertNotRegex(self.server.log, r"Fatal error|crashed|Backtrac")
        return self.server.log

    def test_an_address_of_another_machine_names_key_value_and_origin(self):
        for section in ("websocket", "udp", "http"):
            with self.subTest(section):
                self.server.settings[f"{section}.host"] = "127.0.0.1"
                log = self.unusable(f"{section}.host", "192.0.2.1")
                self.assertIn(f"{section}.host", log)
                self.assertIn("192.0.2.1", log)
                self.assertIn(f"PUSH_{section.upper()}_HOST", log)
                del self.server.settings[f"{section}.host"]

    def test_a_port_in_use_names_key_value_and_origin(self):
        stream, datagram = socket.SOCK_STREAM, socket.SOCK_DGRAM
        for section, kind in (("websocket", stream), ("udp", datagram), ("http", stream)):
            with self.subTest(section), socket.socket(type=kind) as holder:
                holder.bind(("127.0.0.1", 0))
                if kind == stream:
                    holder.listen()
                port = holder.getsockname()[1]
                log = self.unusable(f"{section}.port", port)
                self.assertIn(f"{section}.port", log)
                self.assertIn(str(port), log)
                self.assertIn(f"PUSH_{section.upper()}_PORT", log)
                self.server.settings[f"{section}.port"] = free_port()

    def test_another_servers_udp_port_is_not_shared(self):
        with PushServer() as other:
            self.assertIn("udp.port", self.unusable("udp.port", other.udp_port))

    def test_no_host_of_that_name(self):
        log = self.unusable("websocket.host", "no-such-host.invalid")
        self.assertIn("websocket.host", log)
        self.assertIn("no-such-host.invalid", log)

    def test_a_data_directory_that_cannot_be(self):
        log = self.unusable("data.directory", "/proc/nowhere")
        self.assertIn("data.directory", log)
        self.assertIn("/proc/nowhere", log)

    def test_log_as_json_is_one_object_a_line(self):
        self.server.settings["log.format"] = "json"
        self.server.start()
        self.server.stop()
        lines = [json.loads(line) for line in self.server.log.splitlines()]
        self.assertIn("listening", [line["message"] for line in lines])
        self.assertTrue(all({"time", "level", "message"} <= set(line) for line in lines))
