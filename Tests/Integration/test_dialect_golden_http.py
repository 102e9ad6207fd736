# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""What the older servers answered, as it was captured from them, line by line: the same state, the same questions.

A line with a third body shows a bug of theirs: that is what is right, and what is expected.
"""

import json

from support.pusher_api import PusherAPI
from support.seed_case import WEBMAN, WORKBUNNY_2, WORKBUNNY_3, SeedCase

BOTH = {"info": "subscription_count,user_count"}
PRESENCE = {"filter_by_prefix": "presence-"}

# The method and path, the query or body, the status, what was captured, and what is right where that was wrong.
WEBMAN_LINES = (
    ("GET /channels", {}, 200, '{"channels":{"pub":[],"private-a":[],"presence-r":[]}}',
     '{"channels":{"pub":{},"private-a":{},"presence-r":{}}}'),
    # What was asked of users was not told.
    ("GET /channels", BOTH, 200,
     '{"channels":{"pub":{"subscription_count":1},"private-a":{"subscription_count":2},'
     '"presence-r":{"subscription_count":3}}}',
     '{"channels":{"pub":{"subscription_count":1},"private-a":{"subscription_count":2},'
     '"presence-r":{"subscription_count":3,"user_count":2}}}'),
    ("GET /channels", PRESENCE, 200, '{"channels":{"presence-r":[]}}', '{"channels":{"presence-r":{}}}'),
    ("GET /channels/presence-r", BOTH, 200, '{"occupied":true,"subscription_count":3,"user_count":2}'),
    ("GET /channels/none", BOTH, 200, '{"occupied":false,"subscription_count":0,"user_count":0}'),
    ("GET /channels/presence-r/users", {}, 200, '[{"id":"u1"},{"id":"u2"}]'),
    ("POST /events", {"name": "ev", "channels": ["presence-r", "private-a"], "data": '{"m":1}'}, 200, "{}"),
    ("POST /batch_events", {"batch": [{"channel": "private-a", "name": "ev2", "data": "x"}]}, 200, "{}"),
    ("GET /zzz", {}, 400, "Bad Request"),
)

WORKBUNNY_LINES = (
    # A subscription without a channel was one to a channel without a name.
    ("GET /channels", {}, 200,
     '{"channels":{"":{"type":"public"},"pub":{"type":"public"},"private-a":{"type":"private"},'
     '"presence-r":{"type":"presence"}}}',
     '{"channels":{"pub":{"type":"public"},"private-a":{"type":"private"},"presence-r":{"type":"presence"}}}'),
    # Counts were text, and false where there were none.
    ("GET /channels", BOTH, 200,
     '{"channels":{"pub":{"type":"public","subscription_count":"1","user_count":false},'
     '"private-a":{"type":"private","subscription_count":"2","user_count":false},'
     '"presence-r":{"type":"presence","subscription_count":"3","user_count":"2"}}}',
     '{"channels":{"pub":{"type":"public","subscription_count":1},'
     '"private-a":{"type":"private","subscription_count":2},'
     '"presence-r":{"type":"presence","subscription_count":3,"user_count":2}}}'),
    # The prefix was compared with the kind.
    ("GET /channels", PRESENCE, 200, '{"channels":[]}', '{"channels":{"presence-r":{"type":"presence"}}}'),
    ("GET /channels", {"filter_by_prefix": "presence"}, 200, '{"channels":{"presence-r":{"type":"presence"}}}'),
    ("GET /channels/presence-r", BOTH, 200,
     '{"occupied":true,"type":"presence","subscription_count":"3","user_count":"2"}',
     '{"occupied":true,"type":"presence","subscription_count":3,"user_count":2}'),
    ("GET /channels/none", BOTH, 200,
     '{"occupied":true,"type":false,"subscription_count":false,"user_count":false}',
     '{"occupied":false,"type":"public","subscription_count":0,"user_count":0}'),
    ("GET /channels/presence-r", {}, 200, '{"occupied":true,"type":"presence"}'),
    ("GET /channels/private-a", {"info": "user_count"}, 200,
     '{"occupied":true,"type":"private","user_count":false}', '{"occupied":true,"type":"private","user_count":0}'),
    # In the order in which they came.
    ("GET /channels/presence-r/users", {}, 200, '{"users":["u2","u1"]}', '{"users":["u1","u2"]}'),
    ("GET /channels/private-a/users", {}, 400, '{"error":"Invalid channel [private-a]"}'),
    ("GET /channels/none/users", {}, 404, '{"error":"Not Found [none]"}'),
    ("POST /events", {"name": "ev", "channels": ["presence-r", "private-a"], "data": '{"m":1}'}, 200,
     '{"channels":["presence-r","private-a"]}'),
    ("POST /events", {"name": "ev", "channel": "private-a", "data": {"m": 1}}, 200, '{"channels":["private-a"]}'),
    ("POST /events", {"name": "ev", "data": "x"}, 200, '{"channels":[]}'),
    ("POST /events", {"data": "x", "channel": "private-a"}, 400, '{"error":"Required name"}'),
    ("POST /events", {"name": "ev", "channel": "private-a"}, 400, '{"error":"Required data"}'),
    ("POST /batch_events", {"batch": [{"channel": "private-a", "name": "ev2", "data": "x"}]}, 200,
     '{"channels":["private-a"]}'),
    ("POST /batch_events", {}, 400, '{"error":"Required batch"}'),
    ("GET /zzz", {}, 404, "Not Found."),
    ("POST /users/u2/terminate_connections", {}, 200, "{}"),
)


def value(text):
    """JSON with the order of its members, but for those of `channels`, which have none; or the text."""
    try:
        decoded = json.loads(text)
    except ValueError:
        return text
    channels = decoded.get("channels") if isinstance(decoded, dict) else None
    return {name: json.dumps(told) for name, told in channels.items()} if isinstance(channels, dict) else text


class Golden(SeedCase):
    def play(self, app, lines):
        clients = [self.pusher(app, checks=False) for _ in "ABE"]
        for client, user, channels in zip(clients, ("u1", "u2", "u1"), (("pub", "private-a"), ("private-a",), ())):
            client.subscribe("presence-r", {"user_id": user})
            for channel in channels:
                client.rest()
                client.subscribe(channel)
        api = PusherAPI(self.server, app)
        for line, members, status, captured, *right in lines:
            with self.subTest(line, members=members):
                method, path = line.split(" ")
                answer = api.get(path, **members) if method == "GET" else api.post(path, members)
                self.assertEqual(answer.status, status)
                self.assertEqual(value(answer.text), value(right[0] if right else captured))

    def test_webman_push(self):
        self.play(WEBMAN, WEBMAN_LINES)

    def test_workbunny_2(self):
        self.play(WORKBUNNY_2, WORKBUNNY_LINES)

    def test_workbunny_3(self):
        self.play(WORKBUNNY_3, WORKBUNNY_LINES)
