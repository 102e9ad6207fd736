# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Pysher, a client of Pusher Channels that we have not written, with what it receives kept."""

import logging
import queue

import pysher

from .waiting import eventually


class PysherClient:
    """A client that subscribes again to its channels whenever it is connected, as its documentation has it."""

    def __init__(self, server, app, user=None, waits=True):
        # It logs all that it does, errors that it recovers from too.
        logging.getLogger("pysher").setLevel(logging.CRITICAL)
        logging.getLogger("websocket").setLevel(logging.CRITICAL)
        self.events = queue.Queue()
        self.connects = 0
        self._channels = {}
        self._wanted = queue.Queue()
        self.client = pysher.Pusher(
            app.key, custom_host="127.0.0.1", port=server.ws_port, secure=False, secret=app.secret, user_data=user,
            reconnect_interval=0.2, log_level=logging.CRITICAL,
        )
        self.client.connection.bind("pusher:connection_established", self._connected)
        self.client.connection.bind("pusher:pong", self._ponged)
        self.client.connect()
        if waits:
            eventually("Pysher is connected", lambda: self.connects)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.disconnect(5)

    @property
    def socket_id(self):
        return self.client.connection.socket_id

    @property
    def state(self):
        return self.client.connection.state

    def subscribe(self, name, *events):
        """Subscribes, now and after each reconnect, and waits for the success."""
        self._channels[name] = events
        # On its own thread, so that the answer does not come before somebody listens for it.
        self._wanted.put(name)
        self.client.connection.send_ping()
        return self.expect(name, "pusher_internal:subscription_succeeded")

    def trigger(self, channel, event, data):
        self.client.channel(channel).trigger(event, data)

    def expect(self, channel, event, seconds=10.0):
        """The data of the next event, which has this name and channel."""
        try:
            received = self.events.get(timeout=seconds)
        except queue.Empty:
            raise AssertionError(f"no {event} on {channel} within {seconds:g} s") from None
        if received[:2] != (channel, event):
            raise AssertionError(f"not {event} on {channel} but {received}")
        return received[2]

    def _connected(self, _):
        for name in self._channels:
            self._subscribe(name)
        self.connects += 1

    def _ponged(self, _):
        while not self._wanted.empty():
            self._subscribe(self._wanted.get())

    def _subscribe(self, name):
        channel = self.client.subscribe(name)
        own = ("subscription_succeeded", "member_added", "member_removed")
        for event in (*(f"pusher_internal:{event}" for event in own), *self._channels[name]):
            channel.bind(event, lambda data, event=event: self.events.put((name, event, data)))
