# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The HTTP interface of Pusher Channels as a backend calls it, with signatures of its own."""

import hashlib
import json
import time
from urllib.parse import quote

from . import http
from .apps import sign


class PusherAPI:
    """Signed calls for one app. Connections are not kept, unless the caller brings one."""

    def __init__(self, server, app, port=None, tls=None):
        self.app, self.port, self.tls = app, port or server.http_port, tls

    def target(self, method, path, body=b"", query=None, change=None, encode=True, secret=None):
        """The request target of a call, signed.

        `query` and `change` are parameters; those of `change` replace or (None) remove what a signature is made of.
        """
        parameters = {
            "auth_key": self.app.key, "auth_timestamp": str(int(time.time())), "auth_version": "1.0", **(query or {}),
        }
        if body:
            parameters["body_md5"] = hashlib.md5(body).hexdigest()
        parameters.update(change or {})
        parameters = {name: value for name, value in parameters.items() if value is not None}
        if parameters.get("auth_signature") is None:
            signed = "&".join(f"{name.lower()}={parameters[name]}" for name in sorted(parameters, key=str.lower))
            parameters["auth_signature"] = sign(secret or self.app.secret, f"{method}\n{path}\n{signed}")
        written = (f"{name}={quote(value, safe='') if encode else value}" for name, value in parameters.items())
        return f"{path}?{'&'.join(written)}"

    def call(self, method, path, body=None, headers=None, port=None, **options):
        """Makes a call below /apps/ID, or below / where the path begins with two slashes."""
        path = path[1:] if path.startswith("//") else f"/apps/{self.app.id}{path}"
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body, ensure_ascii=False)
            headers = {"Content-Type": "application/json", **(headers or {})}
        body = body.encode() if isinstance(body, str) else body
        target = self.target(method, path, body or b"", **options)
        return http.request(method, port or self.port, target, body, headers, tls=self.tls)

    def get(self, path, **query):
        return self.call("GET", path, query=query)

    def post(self, path, body, **options):
        return self.call("POST", path, body, **options)

    def trigger(self, channels, name="event", data="{}", **members):
        """Publishes an event, which has to be accepted, and gives the answer's object."""
        channels = [channels] if isinstance(channels, str) else channels
        answer = self.post("/events", {"name": name, "channels": channels, "data": data, **members})
        if answer.status != 200:
            raise AssertionError(f"{answer.status}: {answer.text}")
        return answer.json

    def channel(self, name, *attributes):
        """What the interface says of a channel."""
        answer = self.get(f"/channels/{name}", **({"info": ",".join(attributes)} if attributes else {}))
        if answer.status != 200:
            raise AssertionError(f"{answer.status}: {answer.text}")
        return answer.json

    def channels(self, prefix=None, *attributes):
        query = {"filter_by_prefix": prefix} if prefix else {}
        if attributes:
            query["info"] = ",".join(attributes)
        answer = self.get("/channels", **query)
        if answer.status != 200:
            raise AssertionError(f"{answer.status}: {answer.text}")
        return answer.json["channels"]

    def users(self, channel):
        """The ids of a presence channel's users."""
        answer = self.get(f"/channels/{channel}/users")
        if answer.status != 200:
            raise AssertionError(f"{answer.status}: {answer.text}")
        return [user["id"] for user in answer.json["users"]]
