# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Messages of many sizes through the echo path, by a client that knows RFC 6455 better than our own tests do."""

import random

from websockets.sync.client import connect

from support.case import ServerCase

LARGEST = 1024 * 1024


def sizes():
    """Everything near a limit of the encoding, and some in between, up to 70,000 bytes."""
    edges = [0, 1, 2, 125, 126, 127, 128, 1023, 1024, 16383, 16384, 32767, 32768, 65535, 65536, 65537, 70_000]
    return sorted({*edges, *range(0, 70_000, 1361)})


class Conformance(ServerCase):
    settings = {"websocket.echoPath": "/echo"}

    def setUp(self):
        super().setUp()
        url = f"ws://127.0.0.1:{self.server.ws_port}/echo"
        self.random = random.Random(6455)
        self.socket = self.enterContext(
            connect(url, compression=None, proxy=None, max_size=None, ping_interval=None, close_timeout=5)
        )

    def text(self, size):
        """Text of so many bytes, of characters of one to four bytes."""
        text = "".join(self.random.choices("aé€👍", k=size // 3 + 1)).encode()[:size].decode(errors="ignore")
        return text + "x" * (size - len(text.encode()))

    def echo(self, message, sent=None):
        self.socket.send(message if sent is None else sent)
        echoed = self.socket.recv(timeout=20)
        self.assertEqual(type(echoed), type(message))
        if echoed != message:
            self.fail(f"a message of {len(message)} came back with {len(echoed)} and other bytes")

    def test_text_of_every_size(self):
        for size in sizes():
            self.echo(self.text(size))

    def test_binary_of_every_size(self):
        for size in sizes():
            self.echo(self.random.randbytes(size))

    def test_a_mebibyte(self):
        self.echo(self.text(LARGEST))
        self.echo(self.random.randbytes(LARGEST))

    def pieces(self, message):
        """The message cut at random places, with empty pieces among them."""
        cuts = sorted(self.random.randrange(len(message) + 1) for _ in range(self.random.randrange(1, 12)))
        return [message[start:end] for start, end in zip([0, *cuts], [*cuts, len(message)])]

    def test_fragments(self):
        for size in [*sizes()[::3], LARGEST]:
            binary, text = self.random.randbytes(size), self.text(size)
            self.echo(binary, iter(self.pieces(binary)))
            self.echo(text, iter(self.pieces(text)))

    def test_a_thousand_messages_before_the_first_is_read(self):
        messages = [self.text(self.random.randrange(2000)) for _ in range(1000)]
        for message in messages:
            self.socket.send(message)
        for message in messages:
            self.assertEqual(self.socket.recv(timeout=20), message)

    def test_pings_and_the_end(self):
        self.assertTrue(self.socket.ping(b"payload").wait(10))
        self.socket.close(4321, "bye")
        self.assertEqual(self.socket.protocol.close_rcvd.code, 4321)


class EchoOff(ServerCase):
    def test_without_an_echo_path_there_is_none(self):
        chat = self.open(path="/echo")
        chat.send("hello")
        self.assertEqual(chat.until_closed()[1], 4009)
