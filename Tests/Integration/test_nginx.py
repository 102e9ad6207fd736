# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The server behind a real nginx, with config/nginx.conf."""

import os

from websockets.exceptions import InvalidStatus

from support import http
from support.case import ServerCase, unique
from support.nginx import Nginx
from support.server import SERVER_KEY
from support.waiting import eventually


class BehindNginx(ServerCase):
    settings = {
        "websocket.trustedProxies": "127.0.0.1", "websocket.echoPath": "/echo", "metrics.allow": "127.0.0.5",
        "limits.connectionsPerIP": 3,
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nginx = cls.enterClassContext(Nginx(cls.server))

    def test_chat_over_ws_and_wss(self):
        for base, _, trust in self.nginx.ways:
            with self.subTest(base):
                alice, bob = unique("alice"), unique("bob")
                sender = self.connect(alice, base=base, ssl=trust)
                receiver = self.connect(bob, base=base, ssl=trust)
                sender.message(bob, "through the proxy")
                self.assert_has(receiver.receive(), uid=alice, content="through the proxy")
                sender.close()
                receiver.close()

    def test_a_large_message_passes_at_once(self):
        base, _, trust = self.nginx.ways[1]
        alice, bob = unique("alice"), unique("bob")
        sender, receiver = self.connect(alice, base=base, ssl=trust), self.connect(bob)
        content = "x" * 60_000
        receiver.message(alice, content)
        self.assert_has(sender.receive(), content=content)
        sender.message(bob, content)
        self.assert_has(receiver.receive(), content=content)

    def test_a_server_that_closes_is_heard(self):
        base, _, trust = self.nginx.ways[1]
        chat = self.open("not-a-token", base=base, ssl=trust)
        _, code, _ = chat.until_closed()
        self.assertEqual(code, 4009)

    def test_http_uses_the_same_upstream_connections_again(self):
        uid = unique("alice")
        chat = self.connect(uid)
        for _, port, trust in self.nginx.ways:
            before = self.server.metrics()["push_connections"]
            for _ in range(50):
                answer = http.get(port, f"/chat/online?uid={uid}", headers=http.bearer(SERVER_KEY), tls=trust)
                self.assertEqual((answer.status, answer.json["data"]), (200, {uid: 1}))
            more = self.server.metrics()["push_connections"] - before
            # One for each worker that had a request, and not one less than before.
            self.assertLessEqual(more, os.cpu_count())
            self.assertGreaterEqual(self.server.metrics()["push_connections"], 2)
        chat.close()

    def test_the_page_and_health_pass_and_metrics_do_not(self):
        for _, port, trust in self.nginx.ways:
            self.assertIn("<html", http.get(port, "/", tls=trust).text)
            self.assertEqual(http.get(port, "/health/ready", tls=trust).status, 200)
            self.assertEqual(http.get(port, "/metrics", tls=trust).status, 404)

    def test_who_comes_through_nginx_is_not_of_this_machine(self):
        base, _, _ = self.nginx.ways[0]
        with self.assertRaises(InvalidStatus) as refused:
            self.open(base=base, path="/echo")
        self.assertEqual(refused.exception.response.status_code, 404)
        self.open(path="/echo").close()

    def test_what_a_client_says_of_itself_is_not_believed(self):
        _, port, _ = self.nginx.ways[0]
        with Nginx(self.server, {"location = /metrics { return 404; }": ""}) as nginx:
            for source, status in [("127.0.0.5", 200), ("127.0.0.6", 403), ("127.0.0.1", 403)]:
                for headers in [{}, {"X-Forwarded-For": "127.0.0.5"}, {"X-Real-IP": "127.0.0.5"}]:
                    answer = http.get(nginx.port, "/metrics", headers=headers, source=source)
                    self.assertEqual(answer.status, status, (source, headers))
        self.assertEqual(http.get(port, "/metrics").status, 404)

    def test_the_limit_of_an_address_is_the_clients(self):
        base, _, _ = self.nginx.ways[0]
        connections = [self.connect(unique("alice"), base=base, source_address=("127.0.0.7", 0)) for _ in range(3)]
        with self.assertRaises(InvalidStatus) as refused:
            self.connect(unique("alice"), base=base, source_address=("127.0.0.7", 0))
        self.assertEqual(refused.exception.response.status_code, 503)
        self.connect(unique("alice"), base=base, source_address=("127.0.0.8", 0)).close()
        connections[0].close()

        def there_is_room():
            try:
                self.connect(unique("alice"), base=base, source_address=("127.0.0.7", 0)).close()
                return True
            except InvalidStatus:
                return False

        eventually("one that leaves makes room", there_is_room, 10)
