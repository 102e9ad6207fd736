# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""A chat client over a real WebSocket."""

import json
import time
from urllib.parse import urlencode

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from .members import raw_members


class Frame(dict):
    """A frame that was received: the object, and the text it came as."""

    def __init__(self, text):
        super().__init__(json.loads(text))
        self.text = text

    @property
    def raw(self):
        """The members as they were written."""
        return raw_members(self.text)


class Chat:
    """One connection."""

    def __init__(self, server, access_token=None, bearer=None, path="/", seconds=10.0, base=None, ssl=None, source_address=None, **query):
        if access_token is not None:
            query["access_token"] = access_token
        base = base or f"ws://127.0.0.1:{server.ws_port}"
        url = base + path + (f"?{urlencode(query)}" if query else "")
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else None
        self.login = None
        # When messages are surely not held back any more, by time.monotonic().
        self.live_at = 0
        self.socket = connect(
            url, additional_headers=headers, compression=None, proxy=None, open_timeout=seconds, ping_interval=None,
            close_timeout=5, max_size=None, max_queue=None, ssl=ssl,
            source_address=source_address,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    @property
    def uid(self):
        """Who is logged in."""
        return self.login["data"]["uid"]

    @property
    def session(self):
        """The number of its session, which the seed calls fd."""
        return self.login["data"]["session"]

    # Frames

    def send(self, frame):
        """Sends text as it is, bytes as a binary message, and an object as JSON."""
        self.socket.send(frame if isinstance(frame, (str, bytes)) else json.dumps(frame, ensure_ascii=False))

    def receive(self, seconds=10.0):
        """The next frame."""
        try:
            return Frame(self.socket.recv(timeout=seconds))
        except TimeoutError:
            raise AssertionError(f"no frame within {seconds:g} s") from None

    def ask(self, frame, seconds=10.0):
        """Sends a frame and gives the next that comes."""
        self.send(frame)
        return self.receive(seconds)

    def message(self, to, content, **members):
        """Sends a message."""
        self.send({"to_uid": to, "type": "chat", "content": content, **members})

    def rest(self):
        """Everything that the server had for this session when this was called.

        Two round trips: in the first one, the delivery from another loop may still overtake the pong. And not right after
        the login: messages are held back until the terminal's first cursor is on the disk, and pongs are not.
        """
        frames = []
        time.sleep(max(0, self.live_at - time.monotonic()))
        for _ in range(2):
            self.send({"type": "ping"})
            while (frame := self.receive())["type"] != "pong":
                frames.append(frame)
        return frames

    def expect_login(self):
        """Takes the frame that says the login is accepted."""
        self.login = self.receive()
        if self.login.get("type") != "login" or self.login.get("code") != 200:
            raise AssertionError(f"login refused: {self.login.text}")
        self.live_at = time.monotonic() + 0.3
        return self

    def until_closed(self, seconds=10.0):
        """The frames up to the close, and the close's code and reason."""
        frames = []
        deadline = time.monotonic() + seconds
        while True:
            try:
                frames.append(Frame(self.socket.recv(timeout=max(0, deadline - time.monotonic()))))
            except TimeoutError:
                raise AssertionError(f"not closed within {seconds:g} s") from None
            except ConnectionClosed as closed:
                received = closed.rcvd
                return frames, received.code if received else 1006, received.reason if received else ""
