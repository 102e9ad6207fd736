# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Extensions: the server with every example installed, each at work."""

import os

from support import http
from support.apps import App
from support.case import unique
from support.extension_case import TOKEN, ExtensionCase
from support.pusher_api import PusherAPI
from support.waiting import eventually


class Examples(ExtensionCase):
    settings = {"server.loops": 2, "metrics.apps": 1}

    def call(self, method, path, token=TOKEN):
        return http.request(method, self.server.http_port, path, headers={"Authorization": f"Bearer {token}"})

    # Message middlewares

    def test_filter_of_channels(self):
        channel = unique("private-room")
        clients = [self.pusher(), self.pusher()]
        for client in clients:
            client.subscribe(channel)
        clients[0].trigger(channel, "client-e", "buy Spam")
        self.assert_error(clients[0].receive())
        clients[0].trigger(channel, "client-e", "buy ham")
        self.assertEqual(clients[1].expect("client-e", channel)["data"], "buy ham")

    def test_filter_reads(self):
        """What is compared is what was meant, not how it was written."""
        channel = unique("private-room")
        clients = [self.pusher(), self.pusher()]
        for client in clients:
            client.subscribe(channel)
        event = '{"event":"client-e","channel":"%s","data":%s}'
        for data in (
            r'"sp\u0061m"', r'"\"pusher: spam"', '{"pusher:x":"spam"}', '{"a":["SPAM"]}', r'"{\"a\":\"sp\\u0061m\"}"',
        ):
            with self.subTest(data):
                clients[0].send(event % (channel, data))
                self.assert_error(clients[0].receive())
        clients[0].send(event % (channel, '"\\"pusher: ham"'))
        self.assertEqual(clients[1].expect("client-e", channel)["data"], '"pusher: ham')

    def test_filter_of_chat(self):
        sender, other = self.connect(unique("a")), self.connect(name := unique("b"))
        sender.send({"to_uid": name, "content": "spam", "client_id": "one"})
        self.assert_has(sender.receive(), type="error", code=403, client_id="one")
        sender.send({"to_uid": name, "content": "ham"})
        self.assert_has(other.receive(), content="ham")

    def test_filter_of_chat_by_http(self):
        token, other = self.server.issue(unique("a")), self.connect(name := unique("b"))
        for content, status in (("spam", 403), ("ham", 200)):
            body = {"to_uid": name, "content": content, "access_token": token}
            self.assertEqual(http.request("POST", self.server.http_port, "/chat/send", body).status, status)
        self.assert_has(other.receive(), content="ham")

    # Custom events

    def test_poll(self):
        channel = unique("poll")
        clients = [self.pusher(), self.pusher()]
        clients[0].send_event("poll.vote", "yes", channel)
        self.assert_error(clients[0].receive())
        for client in clients:
            client.subscribe(channel)
        for client, answer in zip(clients, ["yes", "no"]):
            client.send_event("poll.vote", answer, channel)
            for each in clients:
                result = each.expect("poll.result", channel).data
        self.assertEqual(result, {"yes": 1, "no": 1})
        clients[0].send_event("poll.result", None, channel)
        self.assertEqual(clients[0].expect("poll.result", channel).data, {"yes": 1, "no": 1})
        self.assertEqual(clients[1].rest(), [])

    # API middlewares

    def test_guard(self):
        """Every answer of the interface goes through it, the refusals too."""
        self.assertRegex(self.api.get("/channels").headers["Server-Timing"], r"^push;dur=[0-9.]+$")
        self.assertIn("Server-Timing", self.api.get("/channels", auth_key="x").headers)
        self.assertNotIn("Server-Timing", http.get(self.server.http_port, "/health/live").headers)
        client = self.pusher()
        client.subscribe(channel := unique("public"))
        self.assertEqual(self.api.trigger(channel, "e", "x"), {})
        client.expect("e", channel)
        event = {"name": "e", "channel": channel, "data": "x"}
        self.assertIn("Server-Timing", self.api.post("/events", event).headers)
        # Who comes by somebody that nobody trusts is not this machine.
        answer = self.api.post("/events", event, headers={"X-Forwarded-For": "127.0.0.1"})
        self.assertEqual((answer.status, answer.text), (403, "this address may not publish\n"))

    # Routes and traffic counters

    def test_traffic(self):
        self.assertEqual(self.call("GET", "/traffic/1001", "wrong").status, 401)
        self.assertEqual(self.call("GET", "/traffic/9").status, 404)
        self.assertEqual(self.call("POST", "/traffic/1001").status, 404)
        before = self.call("GET", "/traffic/1001").json
        client = self.pusher()
        client.subscribe(channel := unique("public"))
        self.api.trigger(channel, "e", "x")
        client.expect("e", channel)
        after = self.call("GET", "/traffic/1001").json
        self.assertEqual(after["connections"], before["connections"] + 1)
        self.assertGreaterEqual(after["messages"]["received"], before["messages"]["received"] + 1)
        self.assertGreaterEqual(after["messages"]["sent"], before["messages"]["sent"] + 3)
        self.assertGreater(after["events"], before["events"])
        metrics = self.server.metrics()
        self.assertGreaterEqual(metrics['push_app_messages_sent_total{app="1001"}'], after["messages"]["sent"])
        self.assertIn('push_app_messages_sent_total{app="other"}', metrics)

    # Services

    def test_report(self):
        client = self.pusher()
        client.subscribe("traffic")
        self.assertGreaterEqual(client.expect("traffic", "traffic").data["connections"], 1)

    # Broadcasts

    def test_block_list(self):
        """A route broadcasts, the handler keeps, and the middleware refuses."""
        sender, other = self.connect(blocked := unique("a")), self.connect(name := unique("b"))
        self.assertEqual(self.call("POST", f"/block/{blocked}").status, 202)

        def is_blocked():
            sender.send({"to_uid": name, "content": "1", "client_id": "x"})
            return sender.receive()["type"] == "error"

        eventually("the user is blocked", is_blocked)
        self.assertEqual(self.call("POST", f"/block/{blocked}", "wrong").status, 401)

    # Monitor feed

    def test_feed(self):
        client = self.pusher()
        channel = unique("private-room")
        client.subscribe(channel)
        self.api.trigger(channel, "news", '{"a":1}')
        client.expect("news", channel)
        text = '"{\\"a\\":1}"'
        self.expect_lines(
            f"< {self.app.key} {client.socket_id} pusher_internal:subscription_succeeded {channel} \"{{}}\"",
            f"> {self.app.key} - news {channel} {text}", f"< {self.app.key} {client.socket_id} news {channel} {text}",
        )
        other = self.pusher(self.apps[1])
        other.subscribe(channel2 := unique("public"))
        self.api.trigger(channel, "fence", "")
        self.expect_lines(f"> {self.app.key} - fence {channel} \"\"")
        with open(self.feed) as file:
            self.assertNotIn(channel2, file.read())
        self.assertEqual(self.server.metrics()["push_monitor_dropped_total"], 0)

    def expect_lines(self, *lines):
        """The lines stand in the feed, in this order."""

        def has_lines():
            if not os.path.exists(self.feed):
                return False
            with open(self.feed) as file:
                rest = iter(file.read().splitlines())
            return all(line in rest for line in lines)

        eventually(f"the feed has {lines}", has_lines)

    # App store

    def test_derived_apps(self):
        app = App("2001", "tenant-2001", "the secret of tenant 2001")
        client = self.pusher(app)
        client.subscribe(channel := unique("private-room"))
        PusherAPI(self.server, app).trigger(channel, "e", "x")
        client.expect("e", channel)
        backend_first = App("2002", "tenant-2002", "the secret of tenant 2002")
        self.assertEqual(PusherAPI(self.server, backend_first).channels(), {})
        _, code = self.open_app(App("9", "tenant-9", "")).until_closed()
        self.assertEqual(code, 4001)


class NoToken(ExtensionCase):
    """What is not installed is not there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.stop()
        cls.server.environment = {}
        cls.server.start()

    def test_absent(self):
        self.assertEqual(http.get(self.server.http_port, "/traffic/1001").status, 404)
        self.assertNotIn("push_monitor_dropped_total", self.server.metrics())
