# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""SIGHUP: what a running server takes of a changed configuration, and what it leaves."""

import os
import re
import signal
import unittest

from support import http
from support.case import unique
from support.chat import Chat
from support.http import bearer
from support.server import SECRET, SERVER_KEY, PushServer
from support.udp import Backend
from support.waiting import eventually
from test_udp_signed import python as signed

KEY_SECRET = "correct-horse-battery-staple"


class ReloadCase(unittest.TestCase):
    """A server that is configured by a file and by files of secrets, for each test."""

    def setUp(self):
        self.server = PushServer()
        self.addCleanup(self.server.remove)
        self.config = os.path.join(self.server.directory, "config.yaml")
        self.allow = os.path.join(self.server.directory, "allow")
        self.write(self.allow, f"127.0.0.1={SECRET}\n")
        self.write(self.config, "log:\n  level: info\n")
        self.server.settings.update({
            "udp.allow": None, "udp.allow_FILE": self.allow, "http.serverKeys": None, "config": self.config,
        })
        self.server.start()

    def write(self, path, text):
        with open(path, "w") as file:
            file.write(text)

    def reload(self, config=None, outcome="configuration reloaded"):
        """Has it read a file again, and gives the line that it logs then."""
        if config is not None:
            self.write(self.config, config)
        before = len(self.server.log)
        self.server.process.signal(signal.SIGHUP)
        found = eventually(
            f"the log says {outcome}", lambda: re.search(rf".*{outcome}.*\n", self.server.log[before:]), 10
        )
        return found[0]

    def changed(self, line):
        """The keys that a line of the log names: those in force, and those that need a restart."""
        return tuple(set(re.search(rf'{name}"?[=:]"([^"]*)"', line)[1].split()) for name in ("changed", "needs.restart"))

    def refused(self, config, *words):
        line = self.reload(config, "reload refused")
        self.assertIn("nothing has changed", line)
        for word in words:
            self.assertIn(word, self.server.log)

    def code(self, key):
        return http.get(self.server.http_port, "/chat/online?uid=a", headers=bearer(key)).status

    def connect(self, uid, **options):
        chat = Chat(self.server, self.server.issue(uid), **options)
        self.addCleanup(chat.close)
        return chat.expect_login()


class Reload(ReloadCase):
    def test_backends_come_and_go(self):
        with Backend(self.server) as old, Backend(self.server, secret="fresh") as new:
            self.assertEqual(old.ask("is_on_line", {"to_uid": "a"})["code"], 200)
            self.write(self.allow, "127.0.0.1=fresh\n")
            keys = f"udp:\n  keys: [web-1={KEY_SECRET}]\nhttp:\n  serverKeys: [one, two]\n"
            line = self.reload(keys)
            self.assertEqual(self.changed(line), ({"udp.allow", "udp.keys", "http.serverKeys"}, set()))
            self.assertNotIn(KEY_SECRET, self.server.log)
            self.assertEqual(old.ask("is_on_line", {"to_uid": "a"}).get("message"), "wrong sk")
            self.assertEqual(new.ask("is_on_line", {"to_uid": "a"})["code"], 200)
        body = '{"means":"is_on_line","to_uid":"a"}'
        with Backend(self.server, "127.0.1.9") as stranger:
            self.assertEqual(stranger.exchange(signed("web-1", KEY_SECRET, body))["code"], 200)
            self.assertEqual([self.code(key) for key in ("one", "two", SERVER_KEY)], [200, 200, 401])
            line = self.reload("http:\n  serverKeys: [two]\n")
            self.assertEqual(self.changed(line)[0], {"udp.keys", "http.serverKeys"})
            self.assertEqual(stranger.exchange(signed("web-1", KEY_SECRET, body)).get("message"), "not allowed")
        self.assertEqual([self.code(key) for key in ("one", "two")], [401, 200])

    def test_open_sessions_take_types_and_rates(self):
        alice, bob = self.connect(unique("alice")), self.connect(unique("bob"))
        self.reload("chat:\n  types: [note]\nlimits:\n  messagesPerSecond: 1\n")
        self.assertEqual(alice.ask({"to_uid": bob.uid, "content": 1})["code"], 400)
        for _ in range(5):
            alice.send({"to_uid": bob.uid, "type": "note", "content": 1})
        self.assertEqual(alice.receive()["code"], 429)
        self.assertEqual(bob.receive()["type"], "note")

    def test_new_sessions_take_the_heartbeat(self):
        self.reload("websocket:\n  pingInterval: 7s\n")
        self.assertEqual(self.connect(unique("alice")).login["data"]["ping"], 7)

    def test_limits_of_connections(self):
        self.connect(unique("alice"))
        self.reload("limits:\n  connections: 1\n")
        with self.assertRaises(Exception):
            self.connect(unique("bob"))
        self.reload("limits:\n  connections: 0\n")
        self.connect(unique("bob"))

    def test_origins_and_the_form_of_the_log(self):
        line = self.reload("http:\n  corsOrigins: ['https://a.example']\nlog:\n  format: json\n")
        self.assertTrue(line.startswith("{"), line)
        headers = {"Origin": "https://a.example"}
        answer = http.get(self.server.http_port, "/health/live", headers=headers)
        self.assertEqual(answer.headers["access-control-allow-origin"], "https://a.example")

    def test_what_needs_a_restart_is_named_until_then_and_left(self):
        line = self.reload("auth:\n  timeout: 9s\narchive:\n  batchRows: 7\n")
        self.assertEqual(self.changed(line), (set(), {"auth.timeout", "archive.batchRows"}))
        line = self.reload("auth:\n  timeout: 9s\nlog:\n  level: notice\n")
        self.assertEqual(self.changed(line), ({"log.level"}, {"auth.timeout"}))

    def test_a_bad_configuration_changes_nothing(self):
        self.reload("http:\n  serverKeys: [one]\n")
        self.refused("http:\n  serverKeys: [two]\nchat:\n  types: ['a b']\n", "chat.types")
        self.refused("http:\n  serverKeys: [two]\nnonsense: 1\n", "nonsense")
        self.refused("http: [", "config.yaml")
        self.write(self.config, "http:\n  serverKeys: [two]\n")
        os.remove(self.allow)
        self.refused(None, "PUSH_UDP_ALLOW_FILE")
        self.assertEqual([self.code(key) for key in ("one", "two")], [200, 401])
        self.write(self.allow, f"127.0.0.1={SECRET}\n")
        self.reload()
        self.assertEqual([self.code(key) for key in ("one", "two")], [401, 200])

    def test_no_connection_is_lost_by_many_reloads(self):
        alice, bob = self.connect(unique("alice")), self.connect(unique("bob"))
        for number in range(30):
            self.write(self.config, f"limits:\n  messagesPerSecond: {1_000 + number}\n")
            self.server.process.signal(signal.SIGHUP)
            alice.message(bob.uid, number)
            self.assertEqual(bob.receive()["content"], number)
        self.reload()
        self.assertTrue(self.server.process.is_running)
