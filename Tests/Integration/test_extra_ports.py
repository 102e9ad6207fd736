# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Further ports, and the client for pages: what clients of other servers look for, where they look for it."""

from support import http
from support.case import ServerCase
from support.ports import free_ports
from support.pusher_api import PusherAPI
from support.pusher_case import APP, PusherCase

PUSH_JS = ("/push.js", "/plugin/webman/push/push.js", "/plugin/workbunny/webman-push-server/push.js")


class ExtraPorts(PusherCase):
    @classmethod
    def setUpClass(cls):
        cls.ports = free_ports(4)
        cls.settings = {
            "websocket.extraPorts": ",".join(map(str, cls.ports[:2])),
            "http.extraPorts": ",".join(map(str, cls.ports[2:])),
        }
        super().setUpClass()

    def test_clients_connect_on_each(self):
        for port in (self.server.ws_port, *self.ports[:2]):
            with self.subTest(port):
                client = self.pusher(port=port)
                client.subscribe("everywhere")
                self.api.trigger("everywhere", "news")
                client.expect("news", "everywhere")

    def test_backends_call_on_each(self):
        client = self.pusher()
        client.subscribe("called")
        for port in (self.server.http_port, *self.ports):
            with self.subTest(port):
                self.assertEqual(http.get(port, "/health/ready").status, 200)
                PusherAPI(self.server, APP, port=port).trigger("called", "news")
                client.expect("news", "called")

    def test_where_the_first_port_takes_no_websocket_the_further_ones_take_none(self):
        for port in (self.server.http_port, *self.ports[2:]):
            with self.assertRaisesRegex(AssertionError, "426 Upgrade Required"):
                self.open_app(port=port)

    def test_a_port_that_is_taken_is_named(self):
        settings = {**self.server.settings, "websocket.port": free_ports(1)[0], "http.port": free_ports(1)[0]}
        done = self.server.command("serve", settings=settings)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(str(self.ports[0]), done.stdout + done.stderr)

    def test_a_port_that_is_named_twice_is_refused(self):
        for key, value in (
            ("websocket.extraPorts", self.server.ws_port), ("websocket.extraPorts", "7001,7001"),
            ("http.extraPorts", self.ports[0]), ("http.extraPorts", self.server.ws_port), ("http.extraPorts", "0"),
            ("websocket.extraPorts", "65536"), ("websocket.extraPorts", "x"),
        ):
            with self.subTest(key, value=value):
                done = self.server.command("check-config", settings={key: value})
                self.assertEqual(done.returncode, 78)
                self.assertIn(key, done.stderr)


class PushJS(ServerCase):
    def fetch(self, path, port=None, **headers):
        return http.get(port or self.server.http_port, path, headers=headers)

    def test_at_every_path_on_both_ports(self):
        answers = [self.fetch(path, port) for path in PUSH_JS for port in (self.server.http_port, self.server.ws_port)]
        for answer in answers:
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer.headers["Content-Type"], "text/javascript; charset=utf-8")
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
            # A page of any origin may load it and read what it is.
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*")
            self.assertEqual(answer.headers["Cross-Origin-Resource-Policy"], "cross-origin")
        self.assertEqual(len({answer.body for answer in answers}), 1)
        self.assertIn("Push", answers[0].text)

    def test_it_is_sent_once(self):
        tag = self.fetch("/push.js").headers["ETag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            with self.subTest(known):
                answer = self.fetch("/push.js", **{"If-None-Match": known})
                self.assertEqual((answer.status, answer.body), (304, b""))
                self.assertEqual(answer.headers["ETag"], tag)
        self.assertEqual(self.fetch("/push.js", **{"If-None-Match": '"other"'}).status, 200)
