# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The first start of the embedded default: what it generates, who may read it, and that it is enough to chat."""

import os
import re
import stat
import unittest
from urllib.parse import parse_qs, urlsplit

from support import http
from support.chat import Chat
from support.server import REPOSITORY, PushServer
from support.udp import Backend
from test_apps import handshake


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def generated(server):
    """The generated secrets: for datagrams, for HTTP."""
    with open(os.path.join(server.data, "secrets.yaml")) as file:
        text = file.read()
    return re.search(r'127\.0\.0\.0/8=([^"]+)"', text)[1], re.search(r'serverKeys:\s*- "([^"]+)"', text)[1]


def app(server):
    """The generated app: its id, its key, its secret."""
    with open(os.path.join(server.data, "apps.yaml")) as file:
        text = file.read()
    return tuple(re.search(rf'{member}: "([^"]+)"', text)[1] for member in ("id", "key", "secret"))


class FirstStart(unittest.TestCase):
    """The shipped configuration, on other ports and another data directory."""

    @classmethod
    def setUpClass(cls):
        cls.settings = {
            "config": os.path.join(REPOSITORY, "config", "push-server.yaml"), "udp.allow": None,
            "http.serverKeys": None, "server.loops": None, "log.level": "trace",
        }
        cls.server = cls.enterClassContext(PushServer(cls.settings))

    def test_data_is_for_its_owner_alone(self):
        self.assertEqual(mode(self.server.data), 0o700)
        files = {name: mode(os.path.join(self.server.data, name)) for name in os.listdir(self.server.data)}
        self.assertLessEqual({"secrets.yaml", "apps.yaml"}, set(files))
        self.assertEqual({name: 0o600 for name in files}, files)

    def test_generated_secrets_are_long_and_used_by_udp_and_http(self):
        datagrams, key = generated(self.server)
        self.assertGreaterEqual(min(len(datagrams), len(key)), 32)
        self.assertNotEqual(datagrams, key)
        with Backend(self.server, secret=datagrams) as backend:
            self.assertEqual(backend.ask("is_on_line", {"to_uid": "nobody"})["code"], 200)
        with Backend(self.server, secret=datagrams[:-1]) as backend:
            self.assertNotEqual(backend.ask("is_on_line", {"to_uid": "nobody"}).get("code"), 200)
        answer = http.get(self.server.ws_port, "/chat/online?uid=a", headers=http.bearer(key))
        self.assertEqual(answer.json["data"], {"a": 0})
        self.assertEqual(http.get(self.server.ws_port, "/chat/online?uid=a").status, 401)

    def test_secrets_differ_between_installations_and_stay_over_a_restart(self):
        with PushServer(self.settings) as other:
            first = generated(other)
            self.assertNotEqual(first, generated(self.server))
            links = other.links()
            other.stop()
            other.start()
            self.assertEqual((generated(other), other.links()), (first, links))

    def test_an_app_is_generated_printed_and_used(self):
        app_id, key, secret = app(self.server)
        self.assertRegex(app_id, r"^[1-9][0-9]{5,}$")
        self.assertRegex(key, r"^[0-9a-f]{20}$")
        self.assertRegex(secret, r"^[0-9a-f]{40}$")
        shown = self.server.command("first-steps").stdout
        path = os.path.join(self.server.data, "apps.yaml")
        self.assertIn(f"app {app_id}: key {key}, secret in {path}\n", shown)
        checked = self.server.command("check-config").stdout
        self.assertIn(f"apps.{app_id}.key = {key} ({path}:", checked)
        self.assertIn(f"apps.{app_id}.clientEvents = true ({path}:", checked)
        for text in (shown, checked, self.server.log):
            self.assertNotIn(secret, text)
        self.assertIn(key, self.server.log)
        self.assertEqual(handshake(self, self.server, key), "pusher:connection_established")
        self.assertEqual(handshake(self, self.server, "f" * 20), 4001)

    def test_apps_differ_between_installations_and_stay_over_a_restart(self):
        with PushServer(self.settings) as other:
            first = app(other)
            self.assertFalse(set(first) & set(app(self.server)))
            other.stop()
            other.start()
            self.assertEqual(app(other), first)

    def test_first_steps_says_where_the_secrets_are_and_links_both_demo_users(self):
        done = self.server.command("first-steps")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(os.path.join(self.server.data, "secrets.yaml"), done.stdout)
        for secret in generated(self.server):
            self.assertNotIn(secret, done.stdout)
        links = self.server.links()
        self.assertEqual(list(links), ["alice", "bob"])
        for link in links.values():
            parts = urlsplit(link)
            self.assertEqual((parts.path, parts.query, parts.port), ("/", "", self.server.ws_port))
            self.assertTrue(parse_qs(parts.fragment)["access_token"][0])

    def test_the_links_tokens_let_both_demo_users_chat(self):
        tokens = [parse_qs(urlsplit(link).fragment)["access_token"][0] for link in self.server.links().values()]
        alice, bob = [self.enterContext(Chat(self.server, token)).expect_login() for token in tokens]
        self.assertEqual((alice.uid, bob.uid), ("alice", "bob"))
        alice.message("bob", {"type": "text", "value": "你好"})
        frame = bob.receive()
        self.assertEqual((frame["uid"], frame["content"]["value"]), ("alice", "你好"))

    def test_page_is_served_without_a_token(self):
        page = http.get(self.server.ws_port, "/")
        self.assertEqual((page.status, page.headers.get_content_type()), (200, "text/html"))
        names = re.findall(r'(?:src|href)="([^"#]+)"', page.text)
        self.assertTrue(names)
        whole = page.text
        for name in names:
            if not name.startswith("data:"):
                answer = http.get(self.server.ws_port, "/" + name.lstrip("./"))
                self.assertEqual(answer.status, 200, name)
                whole += answer.text
        for link in self.server.links().values():
            self.assertNotIn(parse_qs(urlsplit(link).fragment)["access_token"][0], whole)
        self.assertNotRegex(whole, r"(?:src|href)=\"(?:https?:)?//", "the page needs another host")

    def test_listens_on_loopback_alone(self):
        ports = {self.server.ws_port, self.server.udp_port, self.server.http_port}
        found = set()
        for table in ("tcp", "tcp6", "udp", "udp6"):
            with open(f"/proc/net/{table}") as file:
                for line in file.readlines()[1:]:
                    address, port = line.split()[1].rsplit(":", 1)
                    if int(port, 16) in ports and line.split()[3] in ("0A", "07"):
                        found.add((table, address, int(port, 16)))
        loopback = "0100007F"
        self.assertEqual({port for _, _, port in found}, ports)
        self.assertEqual({address for _, address, _ in found}, {loopback})

    def test_log_holds_no_secret_and_no_token(self):
        token = self.server.issue("log-reader")
        self.enterContext(Chat(self.server, token)).expect_login()
        with Backend(self.server, secret=generated(self.server)[0]) as backend:
            backend.ask("to_uid", {"to_uid": "log-reader", "content": "a private word"})
        for secret in (*generated(self.server), token, "a private word"):
            self.assertNotIn(secret, self.server.log)
