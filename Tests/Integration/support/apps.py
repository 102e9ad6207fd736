# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Apps of Pusher Channels: the file that the server reads, and the signatures that their backends make."""

import hashlib
import hmac
import json
import os


def sign(secret, text):
    """HMAC-SHA256 in lower-case hex."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


class App:
    """One entry of the file of apps."""

    def __init__(self, id, key, secret, **settings):
        self.id, self.key, self.secret, self.settings = id, key, secret, settings

    @property
    def entry(self):
        return {"id": self.id, "key": self.key, "secret": self.secret, **self.settings}

    def but(self, **settings):
        """The same app with other settings."""
        changed = {**self.settings, **settings}
        names = {name: changed.pop(name, getattr(self, name)) for name in ("id", "key", "secret")}
        return App(**names, **changed)

    def auth(self, socket_id, channel, channel_data=None):
        """What a backend answers to a client that wants to subscribe."""
        text = f"{socket_id}:{channel}" + ("" if channel_data is None else f":{channel_data}")
        return f"{self.key}:{sign(self.secret, text)}"

    def user_auth(self, socket_id, user_data):
        """What a backend answers to a client that wants to sign in."""
        return f"{self.key}:{sign(self.secret, f'{socket_id}::user::{user_data}')}"


class AppsFile:
    """The file of apps. JSON is YAML."""

    def __init__(self, directory, apps):
        self.path = os.path.join(directory, "apps.yaml")
        self.write(apps)

    def write(self, apps):
        with open(self.path, "w") as file:
            json.dump({"apps": [app.entry for app in apps]}, file, indent=2)
