# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Pusher Channels: who may call, and how calls travel: signatures, bodies, connections that are kept."""

import hashlib
import http.client
import json
import time

from support import http as plain
from support.apps import sign
from support.case import unique
from support.pusher_api import PusherAPI
from support.pusher_case import APP, OTHER, PusherCase
from support.wire import Plain

DISABLED = OTHER.but(id="5", key="disabled", enabled=False)
EMPTY_MD5 = hashlib.md5(b"").hexdigest()


class Signatures(PusherCase):
    apps = (APP, OTHER, DISABLED)

    def setUp(self):
        super().setUp()
        self.channel = unique("public")
        self.client = self.pusher()
        self.client.subscribe(self.channel)
        self.body = json.dumps({"name": "news", "channel": self.channel, "data": ""})

    def status(self, body=None, app_id=None, method="POST", api=None, **options):
        """The status of a publication that is signed in one way or another; a refusal leaks nothing."""
        api = api or self.api
        sent = self.body if body is None else body
        path = f"/apps/{app_id or api.app.id}/events"
        target = api.target(method, path, self.body.encode(), **options)
        answer = plain.request(method, self.server.http_port, target, sent, {"Content-Type": "application/json"})
        if answer.status != 200:
            change = {**options.get("change", {}), "auth_signature": None}
            right = api.target(method, path, self.body.encode(), **{**options, "secret": None, "change": change})
            self.assertNotIn(right.rsplit("auth_signature=", 1)[1], answer.text)
            self.assertNotIn(api.app.secret, answer.text)
        return answer.status

    def test_documented_signature(self):
        digest = "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c"
        text = (
            "POST\n/apps/3/events\nauth_key=278d425bdf160c739803&auth_timestamp=1353088179&auth_version=1.0"
            "&body_md5=ec365a775a4cd0599faeb73354201b6f"
        )
        self.assertEqual(sign(APP.secret, text), digest)

    def test_a_good_one_in_every_form(self):
        now = str(int(time.time()))
        for options in (
            {}, {"encode": False}, {"query": {"info": "subscription_count"}}, {"query": {"x": "a,b é&=+/?"}},
            {"change": {"auth_timestamp": str(int(now) - 590)}}, {"change": {"auth_timestamp": str(int(now) + 590)}},
            {"query": {"Zebra": "1", "alpha": "2"}}, {"query": {"empty": ""}},
        ):
            with self.subTest(options):
                self.assertEqual(self.status(**options), 200)
                self.client.expect("news", self.channel)

    def test_a_comma_may_be_escaped_or_not(self):
        for encode in (True, False):
            target = self.api.target(
                "GET", f"/apps/{APP.id}/channels/{self.channel}",
                query={"info": "subscription_count,subscription_count"}, encode=encode
            )
            self.assertEqual("%2C" in target, encode)
            self.assertEqual(plain.get(self.server.http_port, target).status, 200)

    def test_the_digest_of_an_empty_body_on_a_get(self):
        target = self.api.target("GET", f"/apps/{APP.id}/channels", change={"body_md5": EMPTY_MD5})
        self.assertEqual(plain.get(self.server.http_port, target).status, 200)
        target = self.api.target("GET", f"/apps/{APP.id}/channels", change={"body_md5": "0" * 32})
        self.assertEqual(plain.get(self.server.http_port, target).status, 401)

    def test_wrong_ones(self):
        now = int(time.time())
        good = sign(APP.secret, "x")
        changes = {
            "no key": {"auth_key": None}, "an unknown key": {"auth_key": "nobody"},
            "another app's key": {"auth_key": OTHER.key},
            "no time": {"auth_timestamp": None}, "an old time": {"auth_timestamp": str(now - 700)},
            "a future time": {"auth_timestamp": str(now + 700)}, "no number": {"auth_timestamp": "now"},
            "the end of time": {"auth_timestamp": str(2**63)}, "the beginning": {"auth_timestamp": str(-(2**63))},
            "a time in milliseconds": {"auth_timestamp": str(now * 1000)}, "no version": {"auth_version": None},
            "another version": {"auth_version": "2.0"}, "no digest": {"body_md5": None},
            "a wrong digest": {"body_md5": "0" * 32},
            "half a digest": {"body_md5": "0" * 16}, "an empty digest": {"body_md5": ""},
            "no signature": {"auth_signature": ""},
            "a wrong signature": {"auth_signature": good}, "half a signature": {"auth_signature": good[:32]},
            "no hex": {"auth_signature": "z" * 64}, "a long signature": {"auth_signature": "0" * 5000},
        }
        for name, change in changes.items():
            with self.subTest(name):
                self.assertEqual(self.status(change=change), 401)
        self.assertEqual(self.status(secret=OTHER.secret), 401)
        self.assertEqual(self.client.rest(), [])

    def test_another_body(self):
        for body in (self.body + " ", "", self.body.replace("news", "lies")):
            self.assertEqual(self.status(body), 401)
        self.assertEqual(self.client.rest(), [])

    def test_what_was_signed_for_another_call(self):
        target = self.api.target("POST", f"/apps/{APP.id}/batch_events", self.body.encode())
        target = target.replace("batch_events", "events")
        self.assertEqual(plain.post(self.server.http_port, target, self.body).status, 401)
        target = self.api.target("GET", f"/apps/{APP.id}/channels")
        self.assertEqual(plain.get(self.server.http_port, target + "&info=subscription_count").status, 401)
        self.assertEqual(self.client.rest(), [])

    def test_apps(self):
        self.assertEqual(self.status(app_id="999"), 404)
        self.assertEqual(self.status(app_id=OTHER.id), 401)
        self.assertEqual(self.status(app_id="x"), 404)
        self.assertEqual(self.status(app_id="0" + APP.id), 404)
        self.assertEqual(self.status(api=PusherAPI(self.server, DISABLED)), 403)
        # Whoever cannot sign does not learn that.
        self.assertEqual(self.status(api=PusherAPI(self.server, DISABLED), secret="wrong"), 401)

    def test_error_bodies_say_what_was_to_be_signed(self):
        target = self.api.target("GET", f"/apps/{APP.id}/channels", secret="wrong")
        answer = plain.get(self.server.http_port, target)
        self.assertEqual(answer.status, 401)
        self.assertIn(f"/apps/{APP.id}/channels", answer.text)
        self.assertIn("auth_version=1.0", answer.text)


class Transport(PusherCase):
    def test_connections_are_kept(self):
        channel = unique("public")
        client = self.pusher()
        client.subscribe(channel)
        for port in (self.server.http_port, self.server.ws_port):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            sockets = set()
            for number in range(20):
                body = json.dumps({"name": f"n{number}", "channel": channel, "data": ""}).encode()
                # Three publications, one that is refused, and a question.
                kind = number % 5
                if kind == 4:
                    connection.request("GET", self.api.target("GET", f"/apps/{APP.id}/channels"))
                else:
                    secret = "wrong" if kind == 3 else APP.secret
                    target = self.api.target("POST", f"/apps/{APP.id}/events", body, secret=secret)
                    connection.request("POST", target, body)
                answer = connection.getresponse()
                answer.read()
                self.assertEqual(answer.status, 401 if kind == 3 else 200)
                if kind < 3:
                    client.expect(f"n{number}", channel)
                sockets.add(connection.sock.getsockname())
            self.assertEqual(len(sockets), 1)
            connection.close()

    def test_calls_that_follow_each_other_at_once(self):
        channel = unique("public")
        client = self.pusher()
        client.subscribe(channel)
        requests = b""
        for number in range(20):
            body = json.dumps({"name": f"n{number}", "channel": channel, "data": ""}).encode()
            target = self.api.target("POST", f"/apps/{APP.id}/events", body)
            requests += f"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        with Plain(self.server.http_port) as wire:
            wire.send(requests)
            for _ in range(20):
                self.assertRegex(wire.head(), "^HTTP/1.1 200 ")
        self.assertEqual([client.receive().name for _ in range(20)], [f"n{number}" for number in range(20)])

    def test_expect_100_continue(self):
        body = json.dumps({"name": "news", "channel": unique("public"), "data": "x" * 2000}).encode()
        target = self.api.target("POST", f"/apps/{APP.id}/events", body)
        for port in (self.server.http_port, self.server.ws_port):
            with Plain(port) as wire:
                length = f"Content-Length: {len(body)}"
                wire.send(f"POST {target} HTTP/1.1\r\nHost: x\r\n{length}\r\nExpect: 100-continue\r\n\r\n".encode())
                self.assertRegex(wire.head(), "^HTTP/1.1 100 ")
                wire.send(body)
                self.assertRegex(wire.head(), "^HTTP/1.1 200 ")

    def test_bodies_in_pieces_and_in_chunks(self):
        channel = unique("public")
        client = self.pusher()
        client.subscribe(channel)
        body = json.dumps({"name": "news", "channel": channel, "data": "é"}).encode()
        target = self.api.target("POST", f"/apps/{APP.id}/events", body)
        with Plain(self.server.http_port) as wire:
            wire.send(f"POST {target} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
            for byte in body:
                wire.send(b"1\r\n" + bytes([byte]) + b"\r\n")
            wire.send(b"0\r\n\r\n")
            self.assertRegex(wire.head(), "^HTTP/1.1 200 ")
        client.expect("news", channel)

    def test_a_body_that_is_too_large(self):
        body = b"x" * (2 * 1024 * 1024)
        target = self.api.target("POST", f"/apps/{APP.id}/events", body)
        with Plain(self.server.http_port) as wire:
            try:
                wire.send(f"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            except OSError:
                pass  # It has said enough.
            self.assertRegex(wire.head(), "^HTTP/1.1 413 ")
