# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Hostile peers cost nobody else anything: a healthy client keeps its round trip, and the process lives."""

import json
import random
import socket
import time

from support import http
from support.case import ServerCase, unique
from support.waiting import eventually
from support.wire import Plain, Wire, frame, handshake

PATIENCE = 2.0


class Abuse(ServerCase):
    settings = {"websocket.headTimeout": "2s", "limits.messagesPerSecond": 0, "limits.recipientsPerSecond": 0}

    def setUp(self):
        super().setUp()
        self.random = random.Random(self.id())
        self.healthy = self.connect(unique("healthy"))
        self.addCleanup(self.assert_healthy)

    def assert_healthy(self):
        """Its messages come back soon, and a newcomer can log in."""
        uid = self.healthy.uid
        for number in range(5):
            before = time.monotonic()
            self.healthy.message(uid, number)
            self.assertEqual(self.healthy.receive()["content"], number)
            self.assertLess(time.monotonic() - before, PATIENCE)
        self.connect(unique("newcomer")).close()
        self.assertEqual(http.get(self.server.http_port, "/health/ready").status, 200)

    def token(self):
        return self.server.issue(unique("bad"))

    def test_half_a_handshake_ends_at_its_deadline(self):
        beginnings = (b"", b"G", b"GET / HTTP/1.1\r\n", handshake()[:-2])
        begun = time.monotonic()
        for port in (self.server.ws_port, self.server.http_port):
            wires = []
            for beginning in beginnings:
                wire = self.enterContext(Wire(self.server) if port == self.server.ws_port else Plain(port))
                wire.send(beginning)
                wires.append(wire)
            for wire in wires:
                wire.read_end()
        self.assertLess(time.monotonic() - begun, 10)

    def test_a_byte_now_and_then_does_not_move_the_deadline(self):
        with Wire(self.server) as wire:
            begun = time.monotonic()
            wire.socket.settimeout(0.1)
            for byte in handshake(headers=["X-Slow: " + "x" * 200]):
                try:
                    wire.send(bytes([byte]))
                    if not wire.socket.recv(1000):
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
            self.assertTrue(1.5 < time.monotonic() - begun < 5, "ended after the deadline, not by it")

    def test_garbage(self):
        for port in (self.server.ws_port, self.server.http_port):
            for number in range(200):
                with Plain(port) as plain:
                    garbage = self.random.randbytes(self.random.randrange(1, 3000))
                    try:
                        plain.send(b"GET " + garbage if number % 2 else garbage)
                        plain.socket.shutdown(socket.SHUT_WR)
                    except OSError:
                        continue
                    answer = plain.read_end()
                    self.assertRegex(answer[:13], rb"^(HTTP/1\.1 4..|)")
        self.assert_healthy()

    def test_a_hundred_kilobytes_of_headers(self):
        for port in (self.server.ws_port, self.server.http_port):
            for line in (b"X: " + b"x" * 100_000, b"\r\n".join(b"X-%d: y" % number for number in range(10_000))):
                with Plain(port) as plain:
                    try:
                        plain.send(b"GET / HTTP/1.1\r\nHost: x\r\n" + line)
                    except OSError:
                        pass  # It has said enough before it was all sent.
                    self.assertRegex(plain.read_end(), rb"^HTTP/1\.1 431 ")

    def test_broken_frames_of_every_kind(self):
        token = self.token()
        message = f'{{"to_uid":"{unique("x")}","content":{{"a":["é",1.5e3,null]}},"client_id":"c"}}'
        for _ in range(300):
            opcode = self.random.choice((0, 1, 1, 1, 2, 8, 9, 10, 11))
            data = bytearray(frame(opcode, message, fin=self.random.random() < 0.8))
            for _ in range(self.random.randrange(6)):
                data[self.random.randrange(len(data))] = self.random.randrange(256)
            with Wire(self.server) as wire:
                try:
                    wire.upgrade(f"/?access_token={token}", behind=bytes(data) + frame(8))
                    wire.socket.shutdown(socket.SHUT_WR)
                    wire.read_end()
                except OSError:
                    continue
        self.assert_healthy()

    def test_broken_json_of_every_kind(self):
        chat = self.open(self.token()).expect_login()
        whole = (
            f'{{"to_uid":["{unique("x")}","y"],"type":"chat","content":{{"a":["é\\u00e9",-1.5e3,null,true]}},'
            '"client_id":"c"}'
        )
        pieces = ['"', "\\", "{", "}", "[", ",", ":", "\0", "😀", "1", " "]
        closed = 0
        for _ in range(1500):
            text = list(whole)
            for _ in range(self.random.randrange(1, 4)):
                at = self.random.randrange(len(text))
                text[at : at + self.random.randrange(3)] = self.random.choice(pieces)
            try:
                chat.send("".join(text))
            except Exception:
                closed += 1
                chat = self.open(self.token()).expect_login()
        self.assertLess(closed, 30, "errors close the connection")
        self.assert_healthy()

    def test_random_datagrams(self):
        udp = self.backend()
        data = {"to_uid": "x", "content": [1, "é"]}
        command = json.dumps(udp.command("to_uid", data, request_id="r"), ensure_ascii=False).encode()
        for number in range(20_000):
            if number % 2:
                data = self.random.randbytes(self.random.randrange(0, 1400))
            else:
                data = bytearray(command)
                for _ in range(self.random.randrange(4)):
                    data[self.random.randrange(len(data))] = self.random.randrange(256)
                data = bytes(data)
            udp.send(data)
            if number % 500 == 0:
                udp.drain()
        for length in [0, 1, 2, 65507]:
            udp.send(bytes(length))

        def answers():
            udp.drain()
            udp.send(udp.command("is_on_line", {"to_uid": "x"}, request_id="last"))
            try:
                return b'"request_id":"last"' in udp.receive(1)
            except TimeoutError:
                return False

        eventually("the port answers", answers, 20)

    def test_connections_that_come_and_go(self):
        before = self.server.metrics()["push_connections"]
        for number in range(2000):
            with socket.create_connection(("127.0.0.1", self.server.ws_port)) as each:
                if number % 3 == 0:
                    each.send(b"GET /health/live HTTP/1.1\r\n\r\n")
                if number % 3 == 1:
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        eventually("all are gone", lambda: self.server.metrics()["push_connections"] <= before, 20)

    def test_a_flood_of_messages(self):
        """From four clients without a limit on their rate, to one another, while the healthy one waits for its turn."""
        flooders = [self.open(self.token()).expect_login() for _ in range(4)]
        uids = [chat.uid for chat in flooders]
        for number in range(2000):
            for chat, uid in zip(flooders, reversed(uids)):
                chat.message(uid, number)
            if number % 200 == 0:
                self.assert_healthy()
        for chat in flooders:
            self.assertEqual([chat.receive()["content"] for _ in range(2000)], list(range(2000)))
