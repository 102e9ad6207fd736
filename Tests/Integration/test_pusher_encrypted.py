# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Pusher Channels over TLS, the server's own and that of an nginx in front of it."""

import os
import re
import tempfile

from support import http
from support.apps import AppsFile
from support.case import unique
from support.nginx import Nginx
from support.pusher_api import PusherAPI
from support.pusher_case import APP, PusherCase
from support.server import REPOSITORY, PushServer
from support.tls import Certificate
from support.waiting import eventually


class Conversation:
    """What has to work whatever is in between."""

    def converse(self, websocket_port, api_port, tls):
        channel = unique("presence-x")
        api = PusherAPI(self.server, APP, api_port, tls)
        one, two = (self.pusher(port=websocket_port, tls=tls) for _ in range(2))
        one.join(channel, "a")
        two.join(channel, "b")
        one.expect("pusher_internal:member_added", channel)
        api.trigger(channel, "large", "x" * 10_000)
        for client in (one, two):
            self.assertEqual(len(client.expect("large", channel)["data"]), 10_000)
        one.trigger(channel, "client-x", {"n": 1})
        self.assertEqual(two.expect("client-x", channel)["data"], {"n": 1})
        self.assertEqual(sorted(api.users(channel)), ["a", "b"])
        two.signin("b")
        self.assertEqual(api.post("//users/b/terminate_connections", {}).status, 200)
        self.assertEqual(two.until_closed()[1], 4009)
        one.expect("pusher_internal:member_removed", channel)
        with self.open_app(path="/app/nobody", port=websocket_port, tls=tls) as refused:
            self.assertEqual(refused.until_closed()[1], 4001)


class OwnTLS(PusherCase, Conversation):
    @classmethod
    def setUpClass(cls):
        directory = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="push-tls-"))
        cls.pair = Certificate(directory)
        cls.server = PushServer({"tls.certificate": cls.pair.certificate, "tls.key": cls.pair.key})
        cls.addClassCleanup(cls.server.remove)
        cls.server.settings["apps.file"] = AppsFile(cls.server.directory, [APP]).path
        cls.app = APP
        cls.server.spawn()

        def is_ready():
            return http.get(cls.server.ws_port, "/health/ready", tls=cls.pair.trust).status == 200

        eventually("it answers by HTTPS", is_ready, 30, (OSError,))

    def test_on_both_ports(self):
        for port in (self.server.http_port, self.server.ws_port):
            self.converse(self.server.ws_port, port, self.pair.trust)


class BehindNginx(PusherCase, Conversation):
    settings = {"websocket.trustedProxies": "127.0.0.1"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nginx = cls.enterClassContext(Nginx(cls.server))

    def test_with_and_without_tls(self):
        for base, port, tls in self.nginx.ways:
            with self.subTest(base):
                self.converse(port, port, tls)

    def test_a_silent_client_is_pinged_before_nginx_gives_it_up(self):
        """For this takes minutes: what the file says, and what the server says."""
        with open(os.path.join(REPOSITORY, "config", "nginx.conf")) as file:
            patience = [int(seconds) for seconds in re.findall(r"proxy_(?:read_|send_)?timeout (\d+)s;", file.read())]
        pong_timeout = 30
        self.assertEqual(len(patience), 3)
        self.assertGreater(min(patience), self.pusher().established.data["activity_timeout"] + pong_timeout)

    def test_calls_use_the_same_upstream_connections_again(self):
        channel = unique("public")
        _, port, tls = self.nginx.ways[1]
        api = PusherAPI(self.server, APP, port, tls)
        before = self.server.metrics()["push_connections"]
        for _ in range(30):
            api.trigger(channel)
            self.assertEqual(api.call("POST", "//users/nobody/terminate_connections", {}).status, 200)
        # They are kept, at most one for each worker that had a call; this question is a connection too.
        kept = self.server.metrics()["push_connections"]
        self.assertLessEqual(kept - before, os.cpu_count())
        self.assertGreaterEqual(kept, 2)
