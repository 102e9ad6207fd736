# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Pusher Channels: publications and other calls behind each other on one connection, whole, in pieces and malformed."""

import json
import random
import socket
import time

from support.case import unique
from support.pusher_case import APP, PusherCase
from support.wire import Plain

FORM = "Content-Type: application/x-www-form-urlencoded"


class OneConnection(PusherCase):
    settings = {"server.loops": 2}

    def setUp(self):
        super().setUp()
        self.channel = unique("public")
        self.client = self.pusher()
        self.client.subscribe(self.channel)

    def request(self, name="news", *headers, method="POST", path="events", body=None, length=True, **options):
        """A signed request as bytes; those of its name publish that."""
        if body is None:
            body = json.dumps({"name": name, "channel": self.channel, "data": ""}).encode() if method == "POST" else b""
        lines = [
            f"{method} {self.api.target(method, f'/apps/{APP.id}/{path}', body, **options)} HTTP/1.1",
            "Host: localhost",
            *([f"Content-Length: {len(body)}"] if length and method == "POST" else []), *headers,
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def plain(self, port=None):
        return self.enterContext(Plain(port or self.server.http_port))

    def status(self, wire):
        return int(wire.head().split(" ")[1])

    def names(self):
        """What has been published."""
        return [event.name for event in self.client.rest()]

    def test_of_every_kind_in_any_order(self):
        """Each is answered in its turn, whoever answers it."""
        form = b"name=form&data=x&channel=" + self.channel.encode()
        kinds = {
            "plain": (lambda: self.request("plain"), 200),
            "listing": (lambda: self.request(method="GET", path="channels"), 200),
            "wrong": (lambda: self.request("wrong", secret="x"), 401),
            "lower": (lambda: self.request("lower", "x-y: z"), 200),
            "form": (lambda: self.request("form", FORM, body=form), 200),
            "unknown": (lambda: self.request(path="x"), 404),
            "info": (lambda: self.request("info", body=json.dumps(
                {"name": "info", "channel": self.channel, "data": "", "info": "subscription_count"}).encode()), 200),
            "bad": (lambda: self.request("bad", body=b"{}"), 400),
        }
        chance = random.Random(7)
        for port in (self.server.http_port, self.server.ws_port):
            for _ in range(20):
                order = [chance.choice(list(kinds)) for _ in range(12)]
                # The first decides who takes the connection.
                order[0] = chance.choice(("plain", order[0]))
                whole = b"".join(kinds[kind][0]() for kind in order)
                wire = self.plain(port)
                for _ in range(chance.randrange(4)):
                    at = chance.randrange(len(whole))
                    wire.send(whole[:at])
                    whole = whole[at:]
                wire.send(whole)
                self.assertEqual([self.status(wire) for _ in order], [kinds[kind][1] for kind in order], order)
                expected = [kind for kind in order if kind in ("plain", "lower", "form", "info")]
                self.assertEqual(self.names(), expected)

    def test_a_byte_at_a_time(self):
        wire = self.plain()
        form = f"name=two&data=&channel={self.channel}".encode()
        for byte in self.request("one") + self.request("two", FORM, body=form):
            wire.send(bytes([byte]))
        self.assertEqual([self.status(wire), self.status(wire)], [200, 200])
        self.assertEqual(self.names(), ["one", "two"])

    def test_an_answer_does_not_wait_for_the_rest_of_the_next_request(self):
        rests = (
            b"POST /apps/", self.request("two")[:-5], self.request("two", FORM)[:-5],
            self.request(method="GET", path="channels")[:-2],
            self.request("two", "Transfer-Encoding: chunked", length=False)[:-5],
            self.request(path="batch_events")[:-5],
        )
        for rest in rests:
            with self.subTest(rest[-60:]):
                wire = self.plain()
                wire.send(self.request("one") + rest)
                self.assertEqual(self.status(wire), 200)
                self.assertEqual(self.names(), ["one"])

    def test_the_end_of_a_connection(self):
        for first in (b"", self.request("one")):
            wire = self.plain()
            wire.send(first + self.request("last", "Connection: close"))
            for _ in range(2 if first else 1):
                self.assertEqual(self.status(wire), 200)
            self.assertEqual(wire.read_end(), b"")
            self.assertEqual(self.names(), ["one", "last"] if first else ["last"])

    def test_half_closed(self):
        """A caller that says that it is done has an answer still."""
        wire = self.plain()
        wire.send(self.request("one") * 2)
        wire.socket.shutdown(socket.SHUT_WR)
        self.assertEqual([self.status(wire), self.status(wire)], [200, 200])
        wire.read_end()
        self.assertEqual(self.names(), ["one", "one"])

    def test_lengths_that_two_readers_read_in_two_ways(self):
        whole = self.request("news")
        length = whole.split(b"Content-Length: ")[1].split(b"\r\n")[0]
        line = b"Content-Length: " + length
        shorter = b"Content-Length: " + str(int(length) - 5).encode()
        cases = {
            "twice": line + b"\r\n" + shorter, "twice, shorter first": shorter + b"\r\n" + line,
            "a list": line + b", " + length,
            "a sign": b"Content-Length: +" + length, "negative": b"Content-Length: -1",
            "a blank": b"Content-Length : " + length,
            "hexadecimal": b"Content-Length: 0x10", "nothing": b"Content-Length: ", "folded": b"X: y\r\n " + line,
            "both": line + b"\r\nTransfer-Encoding: chunked", "huge": b"Content-Length: " + b"9" * 30,
            "chunked and not": line + b"\r\nTransfer-Encoding: identity",
            "a form feed": b"Content-Length:\x0c" + length,
            "a null": b"Content-Length: " + length + b"\0",
        }
        for name, lines in cases.items():
            for first in (b"", self.request("one")):
                with self.subTest(name, first=bool(first)):
                    wire = self.plain()
                    wire.send(first + whole.replace(line, lines))
                    if first:
                        self.assertEqual(self.status(wire), 200)
                    self.assertIn(self.status(wire), (400, 413, 431, 501))
                    self.assertEqual(self.names(), ["one"] if first else [])

    def test_bodies_that_are_larger_than_an_event_need_be(self):
        for port in (self.server.http_port, self.server.ws_port):
            wire = self.plain(port)
            body = json.dumps({"name": "n", "channel": self.channel, "data": "", "more": "x" * 900_000}).encode()
            wire.send(self.request("one") + self.request(body=body) + self.request("two"))
            self.assertEqual([self.status(wire) for _ in range(3)], [200] * 3)
            self.assertEqual(self.names(), ["one", "n", "two"])

    def test_who_publishes_is_not_waited_for_when_the_server_stops(self):
        wires = [self.plain() for _ in range(3)]
        wires[0].send(self.request("one"))
        wires[1].send(self.request("two") + self.request("half")[:-3])
        wires[2].send(self.request(method="GET", path="channels"))
        for wire in wires:
            self.assertEqual(self.status(wire), 200)
        begun = time.monotonic()
        self.assertEqual(self.server.stop(), 0)
        self.assertLess(time.monotonic() - begun, 5)
        self.server.start()
        self.first_process = self.server.process
