# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""A client of Pusher Channels on a socket: what it sends and reads are the frames themselves."""

import json
import struct
import time

from .members import raw_members
from .wire import CLOSE, PING, PONG, TEXT, Wire, frame

QUERY = "protocol=7&client=js&version=8.4.0&flash=false"


class Closed(Exception):
    """The server has closed the connection, with a code or (1006) without a word."""

    def __init__(self, code, reason=""):
        super().__init__(f"closed: {code} {reason}")
        self.code, self.reason = code, reason


class Event(dict):
    """An event that was received: the object, and the text it came as."""

    def __init__(self, text):
        super().__init__(json.loads(text))
        self.text = text

    @property
    def name(self):
        return self["event"]

    @property
    def channel(self):
        return self.get("channel")

    @property
    def raw(self):
        """The members as they were written."""
        return raw_members(self.text)

    @property
    def data(self):
        """What `data` says."""
        data = self["data"]
        return json.loads(data) if isinstance(data, str) else data

    def check(self):
        """What every client relies on, whatever the event: a member `data`, which is a text, unless it is an error's or
        what another client sent."""
        if "data" not in self:
            raise AssertionError(f"no data: {self.text}")
        if self.name == "pusher:error" and self.channel is None:
            if not isinstance(self["data"], dict) or set(self["data"]) != {"code", "message"}:
                raise AssertionError(f"an error whose data is no object of code and message: {self.text}")
        elif not self.name.startswith("client-") and not isinstance(self["data"], str):
            raise AssertionError(f"data is no string: {self.text}")
        return self


class Pusher:
    """One connection. It answers the WebSocket's pings; pings of the protocol are read as events.

    How many subscribe is told in between the events that a test looks for: it has to be asked for (`counts`). Events are
    checked for what every client relies on, unless a backend may send what it likes (`checks`).
    """

    # What a frame is read as.
    event = Event

    def __init__(
        self, server, app=None, query=QUERY, path=None, headers=(), behind=b"", counts=False, checks=True, **wire
    ):
        self.app, self.counts, self.checks = app, counts, checks
        self.wire = Wire(server, **wire)
        self.established = None
        path = path or f"/app/{app.key}"
        self.response = self.wire.upgrade(path + (f"?{query}" if query else ""), headers, behind).response

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wire.socket.close()

    # Life

    def expect_established(self):
        """Takes the greeting."""
        self.established = self.expect("pusher:connection_established")
        return self

    @property
    def socket_id(self):
        return self.established.data["socket_id"]

    def close(self, code=1000):
        """Says goodbye and waits for the end."""
        self.wire.send(frame(CLOSE, struct.pack("!H", code)))
        self.wire.read_end()
        self.wire.socket.close()

    def crash(self):
        """Ends the connection with a reset."""
        self.wire.reset()

    # Frames

    def send(self, value):
        """Sends text as it is, and an object as JSON."""
        self.wire.send(frame(TEXT, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)))

    def send_event(self, event, data=None, channel=None):
        self.send({"event": event, "data": {} if data is None else data, **({"channel": channel} if channel else {})})

    def receive(self, seconds=10.0):
        """The next event. Closed where the server ends the connection instead."""
        deadline = time.monotonic() + seconds
        while True:
            self.wire.socket.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                opcode, payload = self.wire.read_frame()
            except TimeoutError:
                raise AssertionError(f"no frame within {seconds:g} s") from None
            except (EOFError, ConnectionError):
                raise Closed(1006) from None
            if opcode == TEXT:
                event = self.event(payload.decode())
                if self.checks:
                    event.check()
                if self.counts or event.name != "pusher_internal:subscription_count":
                    return event
            if opcode == CLOSE:
                try:
                    self.wire.send(frame(CLOSE, payload[:2]))
                except OSError:
                    pass  # The server has already said all.
                raise Closed(struct.unpack("!H", payload[:2])[0] if payload else 1005, payload[2:].decode())
            if opcode == PING:
                self.wire.send(frame(PONG, payload))

    def expect(self, name, channel=None, seconds=10.0):
        """The next event, which has this name and channel."""
        try:
            event = self.receive(seconds)
        except Closed as closed:
            raise AssertionError(f"{closed} instead of {name}") from None
        if event.name != name or event.channel != channel:
            raise AssertionError(f"not {name} on {channel} but {event.text}")
        return event

    def until(self, name, channel=None, seconds=10.0):
        """The events up to and with the one of this name and channel."""
        events = []
        deadline = time.monotonic() + seconds
        while True:
            events.append(self.receive(max(0.001, deadline - time.monotonic())))
            if events[-1].name == name and events[-1].channel == channel:
                return events

    def until_closed(self, seconds=10.0):
        """The events up to the close, and its code."""
        events = []
        deadline = time.monotonic() + seconds
        while True:
            try:
                events.append(self.receive(max(0.001, deadline - time.monotonic())))
            except Closed as closed:
                return events, closed.code

    def rest(self):
        """What the server had for this connection when this was called.

        Two round trips: in the first one, an event from another loop may still overtake the pong.
        """
        events = []
        for _ in range(2):
            self.send_event("pusher:ping")
            events += self.until("pusher:pong")[:-1]
        return events

    # Channels

    def ask_subscribe(self, channel, channel_data=None, auth=None):
        """Sends a subscription, signed where the channel's name asks for it, and reads nothing."""
        if isinstance(channel_data, dict):
            channel_data = json.dumps(channel_data, ensure_ascii=False)
        if auth is None and channel.startswith(("private-", "presence-")):
            auth = self.app.auth(self.socket_id, channel, channel_data)
        data = {"channel": channel}
        if auth is not None:
            data["auth"] = auth
        if channel_data is not None:
            data["channel_data"] = channel_data
        self.send_event("pusher:subscribe", data)

    def subscribe(self, channel, channel_data=None, auth=None):
        """Subscribes, and gives the event that says so."""
        self.ask_subscribe(channel, channel_data, auth)
        return self.expect("pusher_internal:subscription_succeeded", channel)

    def join(self, channel, user, info=None):
        """Subscribes to a presence channel as a user, and gives its members."""
        data = {"user_id": user} if info is None else {"user_id": user, "user_info": info}
        return self.subscribe(channel, data).data["presence"]

    def unsubscribe(self, channel):
        """Nothing answers it."""
        self.send_event("pusher:unsubscribe", {"channel": channel})

    def trigger(self, channel, event, data):
        """A client event."""
        self.send_event(event, data, channel)

    def ask_signin(self, user_data, auth=None):
        if isinstance(user_data, dict):
            user_data = json.dumps(user_data, ensure_ascii=False)
        auth = self.app.user_auth(self.socket_id, user_data) if auth is None else auth
        self.send_event("pusher:signin", {"auth": auth, "user_data": user_data})

    def signin(self, user_data):
        """Signs in, and gives the event that says so. Text is a user's id."""
        self.ask_signin({"id": user_data} if isinstance(user_data, str) else user_data)
        return self.expect("pusher:signin_success")
