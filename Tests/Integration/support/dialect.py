# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Clients and backends of the older servers: webman/push, and workbunny/webman-push-server 2 and 3."""

import json
import re

from .pusher import Event, Pusher

SUCCEEDED = "pusher_internal:subscription_succeeded"


def php_json(value):
    """An object as a backend in PHP signs it: sorted, slashes escaped."""
    members = {name: value[name] for name in sorted(value)}
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")


class DialectEvent(Event):
    """A frame of any shape."""

    def check(self):
        return self

    @property
    def shape(self):
        return shape(self.text)


class DialectClient(Pusher):
    """A connection that speaks a dialect: without a query, as their push.js opens it, if the test wants no other."""

    event = DialectEvent

    def __init__(self, server, app=None, query="", **options):
        super().__init__(server, app, query, **options)

    def ask_subscribe(self, channel, channel_data=None, auth=None, signed=None):
        """Sends a subscription, with the signature of its backend. An object is signed as PHP writes it."""
        if auth is None and channel.startswith(("private-", "presence-")):
            if signed is None:
                signed = php_json(channel_data) if isinstance(channel_data, dict) else channel_data
            auth = self.app.auth(self.socket_id, channel, signed)
        data = {"channel": channel}
        if auth is not None:
            data["auth"] = auth
        if channel_data is not None:
            data["channel_data"] = channel_data
        self.send_event("pusher:subscribe", data)

    def join(self, channel, user, info=None):
        """Subscribes to a presence channel in the form of the app's dialect, and gives its members."""
        info = {} if info is None else info
        if self.app.settings["dialect"] == "webman-push":
            data = json.dumps({"user_id": user, "user_info": info}, ensure_ascii=False)
        else:
            data = {"user_id": user, "user_info": json.dumps(info, ensure_ascii=False)}
        return self.subscribe(channel, data).data["presence"]


class PushJS:
    """webman/push's own push.js over a connection: it parses the data of every event but pong and error, and what
    cannot be parsed ends it. Of an event it keeps the parsed data."""

    def __init__(self, client):
        self.client = client
        self.socket_id = self.next("pusher:connection_established")["socket_id"]

    def next(self, name):
        event = self.client.receive()
        if event.name in ("pusher:pong", "pusher:error"):
            data = event["data"]
        else:
            data = json.loads(event["data"])
        if event.name != name:
            raise AssertionError(f"not {name} but {event.text}")
        return data


class ObjectJS(PushJS):
    """workbunny 3's push.js: it parses the frame, and takes the data as it is."""

    def next(self, name):
        event = self.client.receive()
        if event.name != name:
            raise AssertionError(f"not {name} but {event.text}")
        return event["data"]


# What differs from run to run: ids, times, and how often a client has to ping.
_VARYING = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"^\d+\.\d+$"), "ID"),
)


class _Object(list):
    """The members of an object, in their order."""


def shape(text):
    """A frame as a comparable value: members in their order, texts that hold JSON opened, what varies named."""
    return _shape(json.loads(text, object_pairs_hook=_Object), None)


def _shape(value, name):
    if name in ("timestamp", "activity_timeout") and isinstance(value, int) and value > 0:
        return name.upper()
    if isinstance(value, _Object):
        members = [(key, _shape(member, key)) for key, member in value]
        # The order of users says nothing.
        return ("object", sorted(members) if name == "hash" else members)
    if isinstance(value, list):
        return sorted(value) if name == "ids" else [_shape(element, None) for element in value]
    if isinstance(value, str):
        if value[:1] in ("{", "["):
            return ("a text of", shape(value))
        for pattern, word in _VARYING:
            value = pattern.sub(word, value)
    return value
