# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""WebSocket frames by hand, for what no well-behaved client would send."""

import base64
import json
import os
import socket
import struct

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def frame(opcode, payload=b"", fin=True, rsv=0, mask=True, length=None):
    """A frame; `length` is (form, number) to write another length than the payload's: form 7, 16 or 64."""
    if isinstance(payload, str):
        payload = payload.encode()
    size = len(payload)
    form, number = length or (7 if size < 126 else 16 if size < 65536 else 64, size)
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    second = 0x80 if mask else 0
    if form == 7:
        head = struct.pack("!BB", first, second | number)
    elif form == 16:
        head = struct.pack("!BBH", first, second | 126, number)
    else:
        head = struct.pack("!BBQ", first, second | 127, number)
    if not mask:
        return head + payload
    key = os.urandom(4)
    repeated = key * (size // 4) + key[: size % 4]
    masked = (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(size, "big")
    return head + key + masked


def handshake(path="/", headers=()):
    """The request of a handshake."""
    lines = [
        f"GET {path} HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}", *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


class Wire:
    """A TCP connection to the WebSocket port, or to what stands in front of it; `tls` is what to trust there."""

    def __init__(self, server, source="127.0.0.1", seconds=10.0, receive_buffer=None, port=None, tls=None):
        self.socket = socket.socket()
        self.socket.settimeout(seconds)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", port or server.ws_port))
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self._received = b""
        self.response = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def reset(self):
        """Ends the connection with a reset, and says nothing."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def upgrade(self, path="/", headers=(), behind=b""):
        """Makes the handshake, with bytes right behind it, and checks the answer."""
        self.send(handshake(path, headers) + behind)
        self.response = self.head()
        if not self.response.startswith("HTTP/1.1 101 "):
            raise AssertionError(f"no upgrade: {self.response}")
        return self

    def head(self):
        """The head of an HTTP response."""
        while b"\r\n\r\n" not in self._received:
            self._more()
        head, self._received = self._received.split(b"\r\n\r\n", 1)
        return head.decode("latin-1")

    def read_frame(self):
        """The next frame: opcode and payload. EOFError at the end."""
        while (parsed := self._parse()) is None:
            self._more()
        return parsed

    def read_close(self, answer=True):
        """Skips what is before the close frame, answers that and gives its code and reason. Then the socket ends."""
        while True:
            opcode, payload = self.read_frame()
            if opcode == CLOSE:
                break
        if answer:
            try:
                self.send(frame(CLOSE, payload[:2]))
            except OSError:
                pass  # The server has already said all.
        self.read_end()
        if not payload:
            return None, ""
        return struct.unpack("!H", payload[:2])[0], payload[2:].decode()

    def read_end(self):
        """Reads until the server has closed the connection, and gives what came."""
        rest, self._received = self._received, b""
        try:
            while data := self.socket.recv(65536):
                rest += data
        except ConnectionResetError:
            pass
        return rest

    @property
    def unparsed(self):
        """How many bytes have been read and not been made a frame yet."""
        return len(self._received)

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError("the server closed the connection")
        self._received += data

    def _parse(self):
        data = self._received
        if len(data) < 2:
            return None
        if data[1] & 0x80:
            raise AssertionError("the server masked a frame")
        size, start = data[1] & 0x7F, 2
        if size == 126:
            size, start = int.from_bytes(data[2:4], "big"), 4
        elif size == 127:
            size, start = int.from_bytes(data[2:10], "big"), 10
        if len(data) < start + size:
            return None
        self._received = data[start + size :]
        return data[0] & 0x0F, data[start : start + size]


def text_frame(value):
    """A masked text frame of an object as JSON."""
    return frame(TEXT, json.dumps(value, ensure_ascii=False))


class Plain(Wire):
    """A TCP connection to any port of the server."""

    def __init__(self, port, source="127.0.0.1"):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(source, 0))
        self._received = b""

    def head(self):
        head = super().head()
        # The body too, where there is one: the next head begins behind it.
        lengths = [line.split(":")[1] for line in head.lower().split("\r\n") if line.startswith("content-length")]
        length = int(lengths[0]) if lengths else 0
        while len(self._received) < length:
            self._more()
        self._received = self._received[length:]
        return head
