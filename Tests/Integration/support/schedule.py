# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The actors of a randomized schedule, each with a random of its own, and what they remember."""

import json
import random
import threading
import time
from dataclasses import dataclass, field

from websockets.exceptions import ConnectionClosed

from . import http
from .chat import Chat
from .server import SERVER_KEY
from .udp import Backend
from .wire import CLOSE, PING, PONG, TEXT, Wire, frame, text_frame


@dataclass
class Visit:
    """What one connection of a terminal has seen."""

    begun: float
    since: str | None = None
    # (id, state, when) in the order they came; and the places in it where the archive was said to be away.
    frames: list = field(default_factory=list)
    notices: list = field(default_factory=list)
    acknowledged: list = field(default_factory=list)
    end: str = "clean"
    ended: float = 0

    @property
    def ids_without_gap(self):
        """The ids that came before the archive was said to be away: below each of them nothing is missing."""
        return [id for id, *_ in self.frames[: min(self.notices, default=None)]]


class Actor(threading.Thread):
    """Something that goes on until it is told to stop. An error of its own ends it and is kept."""

    def __init__(self, name, seed, server):
        super().__init__(name=name, daemon=True)
        self.random = random.Random(f"{seed} {name}")
        self.server = server
        self.ends = threading.Event()
        self.error = None

    def run(self):
        try:
            while not self.ends.is_set():
                self.step()
            self.finish()
        except Exception as error:  # Whatever it is, the test has to say it.
            self.error = error

    def finish(self):
        """The last step."""


class Terminal(Actor):
    """Connects, reads, perhaps acknowledges, and goes in one way or another, over and over."""

    def __init__(self, uid, source, token, acks, seed, server):
        super().__init__(f"{uid}/{source}", seed, server)
        self.uid, self.token, self.acks = uid, token, acks
        self.visits = []

    def step(self):
        since = None
        if self.visits and self.random.random() < 0.2:
            known = sorted({id for visit in self.visits for id in visit.ids_without_gap})
            since = self.random.choice(known[-200:]) if known else None
        try:
            self.visit(self.random.uniform(0.1, self.random.choice((4, 4, 4, 12))), since, self.random.choice(("clean", "reset", "stuck", "clean")))
        except OSError:
            self.ends.wait(0.1)
        self.ends.wait(self.random.choice((0, 0, 0.3, 2)))

    def visit(self, seconds, since=None, end="clean", until=None):
        """One connection; `until` is an id that ends it. None where there was none: the server was just ending."""
        path = f"/?access_token={self.token}" + (f"&since={since}" if since else "") + ("&ack=1" if self.acks else "")
        visit = Visit(time.time(), since)
        with Wire(self.server) as wire:
            try:
                wire.upgrade(path)
            except (EOFError, AssertionError):
                return None
            self.visits.append(visit)
            deadline = time.monotonic() + seconds
            wire.socket.settimeout(0.05)
            try:
                while time.monotonic() < deadline and not (until and visit.frames and visit.frames[-1][0] >= until):
                    self.take(wire, visit)
                visit.end = end
                if end == "stuck":
                    self.ends.wait(0.5)
                if end == "clean":
                    wire.send(frame(CLOSE, b"\x03\xe8"))
                    while True:
                        self.take(wire, visit)
                wire.reset()
            except EOFError:
                visit.end = "clean" if visit.end == "closed" or end == "clean" else "lost"
            except OSError:
                visit.end = "lost"
        visit.ended = time.time()
        return visit

    def take(self, wire, visit):
        """The next frame, if it comes soon."""
        try:
            opcode, payload = wire.read_frame()
        except TimeoutError:
            return
        if opcode == PING:
            wire.send(frame(PONG, payload))
        elif opcode == CLOSE:
            visit.end = "closed"
            wire.send(frame(CLOSE, payload[:2]))
        elif opcode == TEXT:
            message = json.loads(payload)
            if message["type"] == "history":
                visit.notices.append(len(visit.frames))
            elif "id" in message:
                visit.frames.append((message["id"], message["state"], time.time()))
                if self.acks == "some" and self.random.random() < 0.2:
                    wire.send(text_frame({"type": "ack", "id": message["id"]}))
                    visit.acknowledged.append((message["id"], time.time()))


class Sender(Actor):
    """Sends to some of the users, and knows which messages were acknowledged as safe, and when."""

    def __init__(self, name, uids, seed, server):
        super().__init__(name, seed, server)
        self.uids = uids
        self.count = 0
        self.safe = []

    def recipients(self):
        self.count += 1
        return self.random.sample(self.uids, self.random.choice((1, 1, 2)))

    def content(self):
        return f"{self.name} {self.count} " + "x" * self.random.choice((10, 10, 10, 3000))

    def is_safe(self, id, recipients):
        self.safe += [(uid, id) for uid in recipients]


class HTTPSender(Sender):
    def step(self):
        uids = self.recipients()
        body = {"to_uid": uids, "uid": "shop", "content": self.content(), "ack": "stored"}
        try:
            answer = http.post(self.server.http_port, "/chat/send", body, headers=http.bearer(SERVER_KEY), seconds=8)
        except (OSError, http.http.client.HTTPException):
            self.ends.wait(0.1)
            return
        if answer.status == 200:
            self.is_safe(answer.json["data"]["id"], uids)


class UDPSender(Sender):
    def step(self):
        uids = self.recipients()
        try:
            with Backend(self.server) as backend:
                reply = backend.ask("to_uid", {"to_uid": uids, "content": self.content()}, ack="stored", seconds=7)
        except OSError:
            self.ends.wait(0.1)
            return
        if reply["code"] == 200:
            self.is_safe(reply["id"], uids)


class WebSocketSender(Sender):
    def __init__(self, name, token, uids, seed, server):
        super().__init__(name, uids, seed, server)
        self.token = token
        self.chat = None
        self.waiting = {}

    def step(self):
        try:
            if self.chat is None:
                self.waiting = {}
                self.chat = Chat(self.server, self.token).expect_login()
            for _ in range(self.random.randint(1, 10)):
                uids = self.recipients()
                self.waiting[f"{self.name} {self.count}"] = uids
                self.chat.message(uids, self.content(), client_id=f"{self.name} {self.count}")
            self.take_acks(0.05)
        except (OSError, EOFError, AssertionError, ConnectionClosed, TimeoutError):
            self.lose()
            self.ends.wait(0.1)
        except Exception as error:
            # The server went in the middle of the handshake.
            if type(error).__module__.split(".")[0] != "websockets":
                raise
            self.ends.wait(0.1)

    def take_acks(self, seconds):
        """What comes within so long."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                ack = json.loads(self.chat.socket.recv(timeout=left))
            except TimeoutError:
                return
            if ack["type"] == "ack" and ack["code"] == 200:
                self.is_safe(ack["id"], self.waiting.pop(ack["client_id"]))

    def lose(self):
        """The connection is gone; what came before counts."""
        chat, self.chat = self.chat, None
        if chat is None:
            return
        try:
            while True:
                ack = json.loads(chat.socket.recv(timeout=1))
                if ack["type"] == "ack" and ack["code"] == 200:
                    self.is_safe(ack["id"], self.waiting.pop(ack["client_id"]))
        except (ConnectionClosed, TimeoutError, OSError):
            chat.close()

    def finish(self):
        deadline = time.monotonic() + 15
        while self.chat and self.waiting and time.monotonic() < deadline:
            self.take_acks(0.5)
        if self.chat:
            self.chat.close()
