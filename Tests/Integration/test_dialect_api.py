# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The HTTP interface in the dialects of webman/push and workbunny, as their backends know it."""

import json

import pusher

from support import http
from support.case import unique
from support.php import needs_php
from support.pusher_api import PusherAPI
from support.seed_case import PUSHER, WEBMAN, WORKBUNNY_2, WORKBUNNY_3, SeedCase

COUNTS = "subscription_count,user_count"


class WebmanPush(SeedCase):
    def setUp(self):
        super().setUp()
        self.api = PusherAPI(self.server, WEBMAN)

    def test_events(self):
        public, presence = unique("pub"), unique("presence-r")
        client = self.listener(WEBMAN, public, presence)
        body = {"name": "ev", "channels": [presence, public], "data": '{"m":1}'}
        self.assert_answer(self.api.post("/events", body), 200, "{}")
        for channel in (presence, public):
            self.assertEqual(client.expect("ev", channel)["data"], '{"m":1}')
        # Its own page's client parses the data of every event.
        self.assert_answer(self.api.post("/events", {**body, "data": {"m": [1.0]}}), 200, "{}")
        self.assertEqual(json.loads(client.expect("ev", presence)["data"]), {"m": [1]})
        client.expect("ev", public)
        self.api.post("/events", {**body, "socket_id": client.socket_id})
        batch = [{"channel": public, "name": "ev2", "data": "x"}] * 12
        self.assert_answer(self.api.post("/batch_events", {"batch": batch}), 200, "{}")
        self.assertEqual([event.name for event in client.rest()], ["ev2"] * 12)

    def test_channels(self):
        mark = unique("mark")
        public, presence = f"pub-{mark}", f"presence-{mark}"
        self.listener(WEBMAN, public)
        for user in ("u1", "u1", "u2"):
            self.listener(WEBMAN, presence, user=user)
        for query, expected in (
            ({"filter_by_prefix": f"pub-{mark}"}, {public: {}}),
            ({"filter_by_prefix": f"presence-{mark}"}, {presence: {}}),
            ({"filter_by_prefix": f"presence-{mark}", "info": COUNTS},
             {presence: {"subscription_count": 3, "user_count": 2}}),
            ({"filter_by_prefix": f"pub-{mark}", "info": f"{COUNTS},nonsense"}, {public: {"subscription_count": 1}}),
            ({"filter_by_prefix": unique("none")}, {}),
        ):
            with self.subTest(query):
                answer = self.api.get("/channels", **query)
                self.assertEqual((answer.status, answer.json), (200, {"channels": expected}))
        listed = self.api.get("/channels").json["channels"]
        self.assertLessEqual({public, presence}, listed.keys())

    def test_one_channel(self):
        public, presence = unique("pub"), unique("presence-r")
        self.listener(WEBMAN, public)
        for user in ("u1", "u1", "u2"):
            self.listener(WEBMAN, presence, user=user)
        for channel, info, body in (
            (presence, COUNTS, '{"occupied":true,"subscription_count":3,"user_count":2}'),
            (unique("none"), COUNTS, '{"occupied":false,"subscription_count":0,"user_count":0}'),
            (public, "subscription_count", '{"occupied":true,"subscription_count":1}'),
            (public, "", '{"occupied":true}'), (unique("none"), "nonsense", '{"occupied":false}'),
        ):
            with self.subTest(channel, info=info):
                self.assert_answer(self.api.get(f"/channels/{channel}", info=info), 200, body)
        self.assert_answer(self.api.get(f"/channels/{presence}/users"), 200, '[{"id":"u1"},{"id":"u2"}]')
        for channel in (public, unique("none")):
            self.assert_answer(self.api.get(f"/channels/{channel}/users"), 200, "[]")

    def test_the_app_is_found_by_its_key_whatever_id_the_path_has(self):
        channel = unique("pub")
        client = self.listener(WEBMAN, channel)
        foreign = self.listener(PUSHER, channel)
        for id in ("1024", "9999", PUSHER.id, WORKBUNNY_2.id, "any"):
            body = json.dumps({"name": id, "channels": [channel], "data": "x"}).encode()
            target = self.api.target("POST", f"/apps/{id}/events", body)
            self.assert_answer(http.post(self.server.http_port, target, body), 200, "{}")
            client.expect(id, channel)
        self.assertEqual(foreign.rest(), [])

    def test_refusals(self):
        def target(path, **change):
            return self.api.target("GET", path, change=change)

        for path, status, text in (
            ("/apps/1024/channels", 400, "Bad Request"),
            (target("/apps/1024/channels", auth_key="nobody"), 401, "Invalid app_key"),
            (target("/apps/1024/channels", auth_signature="00"), 401, "Invalid signature"),
            (target("/apps/1024/zzz"), 400, "Bad Request"), (target("/apps/1024"), 400, "Bad Request"),
            (target("/apps/9999/channels", auth_signature="00"), 401, "Invalid signature"),
        ):
            with self.subTest(path):
                self.assert_answer(http.get(self.server.http_port, path), status, text, "text/plain")
        self.assert_answer(self.api.post("/batch_events", {}), 400, "Bad request", "text/plain")

    @needs_php
    def test_its_own_client(self):
        presence, private = unique("presence-r"), unique("private-a")
        client, other = self.listener(WEBMAN, presence, private), self.listener(WEBMAN, private)
        sent, listed, filtered, one, none, left_out, users, wrong = self.php(
            "WebmanAPI", WEBMAN, ["trigger", [presence, private], "ev", {"m": "中/文"}],
            ["getChannels", {"info": "subscription_count", "filter_by_prefix": private}],
            ["getChannels", {"filter_by_prefix": "presence-"}], ["getChannelInfo", presence, {"info": COUNTS}],
            ["getChannelInfo", "none", {"info": "subscription_count"}],
            ["trigger", private, "again", "text", client.socket_id], ["get", f"/channels/{presence}/users"],
            ["get", "/zzz"],
        )
        self.assertIs(sent, True)
        for channel in (presence, private):
            self.assertEqual(json.loads(client.expect("ev", channel)["data"]), {"m": "中/文"})
        self.assertEqual(listed["result"], {"channels": {private: {"subscription_count": 2}}})
        self.assertIn(presence, filtered["result"]["channels"])
        self.assertEqual(one, {"occupied": True, "subscription_count": 1, "user_count": 1})
        self.assertEqual(none, {"occupied": False, "subscription_count": 0})
        self.assertIs(left_out, True)
        self.assertEqual([event.name for event in other.rest()], ["ev", "again"])
        self.assertEqual(client.rest(), [])
        self.assertEqual(users["result"], [{"id": "listener"}])
        self.assertEqual((wrong["status"], wrong["body"]), (400, "Bad Request"))


class OfficialLibrary(SeedCase):
    """Who publishes with Pusher's own library goes on doing so, whatever the dialect of the app."""

    def test_it_publishes_and_asks(self):
        for app, sent in ((WEBMAN, lambda name: {}), (WORKBUNNY_2, lambda name: {"channels": [name]})):
            with self.subTest(app.settings["dialect"]):
                backend = pusher.Pusher(
                    app.id, app.key, app.secret, ssl=False, host="127.0.0.1", port=self.server.http_port
                )
                channel = unique("presence-x")
                client = self.listener(app, channel)
                self.assertEqual(backend.trigger(channel, "news", {"a": 1}), sent(channel))
                self.assertEqual(json.loads(client.expect("news", channel)["data"]), {"a": 1})
                self.assertEqual(backend.trigger(channel, "news", "x", client.socket_id), sent(channel))
                told = backend.channel_info(channel, ["user_count", "subscription_count"])
                self.assertEqual((told["occupied"], told["user_count"], told["subscription_count"]), (True, 1, 1))
                self.assertIn(channel, backend.channels_info("presence-")["channels"])
                self.assertEqual(client.rest(), [])


class WorkbunnyTests:
    def setUp(self):
        super().setUp()
        self.api = PusherAPI(self.server, self.dialect_app)

    def test_events(self):
        public, presence = unique("pub"), unique("presence-r")
        client = self.listener(self.dialect_app, public, presence)
        body = {"name": "ev", "channels": [presence, public], "data": '{"m":1}'}
        self.assert_answer(self.api.post("/events", body), 200, f'{{"channels":["{presence}","{public}"]}}')
        for channel in (presence, public):
            self.assertEqual(client.expect("ev", channel)["data"], '{"m":1}')
        for data in ({"m": 1}, [1, "a"], 5, True):
            answer = self.api.post("/events", {"name": "ev", "channel": public, "data": data})
            self.assertEqual(answer.json, {"channels": [public]})
            self.assert_given(client.expect("ev", public), data)
        self.assert_answer(self.api.post("/events", {"name": "ev", "data": "x"}), 200, '{"channels":[]}')
        answer = self.api.post("/events", {**body, "channel": public, "socket_id": client.socket_id})
        self.assertEqual(answer.json, {"channels": [public]})
        self.assertEqual(client.rest(), [])

    def test_batches(self):
        first, second = unique("a"), unique("private-b")
        client = self.listener(self.dialect_app, first, second)
        batch = [{"channel": name, "name": "ev2", "data": {"n": 1}} for name in (first, second)]
        self.assertEqual(self.api.post("/batch_events", {"batch": batch}).json, {"channels": [first, second]})
        for channel in (first, second):
            self.assert_given(client.expect("ev2", channel), {"n": 1})

    def test_missing_parts_of_an_event(self):
        for path, body, text in (
            ("/events", {"data": "x", "channel": "c"}, "Required name"),
            ("/events", {"name": "", "data": "x", "channel": "c"}, "Required name"),
            ("/events", {"name": "e", "channel": "c"}, "Required data"),
            ("/events", {"name": "e", "channel": "c", "data": None}, "Required data"),
            ("/batch_events", {}, "Required batch"),
        ):
            self.assert_answer(self.api.post(path, body), 400, f'{{"error":"{text}"}}')

    def test_channels(self):
        mark = unique("mark")
        public, private, presence = mark, f"private-{mark}", f"presence-{mark}"
        self.listener(self.dialect_app, public, private)
        for user in ("u1", "u1", "u2"):
            self.listener(self.dialect_app, presence, user=user)
        for prefix, info, expected in (
            (private, "", {private: {"type": "private"}}),
            (presence, COUNTS, {presence: {"type": "presence", "subscription_count": 3, "user_count": 2}}),
            (public, COUNTS, {public: {"type": "public", "subscription_count": 1}}),
        ):
            answer = self.api.get("/channels", filter_by_prefix=prefix, info=info)
            self.assertEqual((answer.status, answer.json), (200, {"channels": expected}))
        # The kinds by which its own server filters.
        for kind, channel in (("presence", presence), ("private", private), ("public", public)):
            listed = self.api.get("/channels", filter_by_prefix=kind).json["channels"]
            self.assertIn(channel, listed)
            self.assertEqual({entry["type"] for entry in listed.values()}, {kind})
        for channel, body in (
            (presence, '{"occupied":true,"type":"presence","subscription_count":3,"user_count":2}'),
            (private, '{"occupied":true,"type":"private","subscription_count":1,"user_count":0}'),
        ):
            self.assert_answer(self.api.get(f"/channels/{channel}", info=COUNTS), 200, body)
        self.assert_answer(self.api.get(f"/channels/{presence}"), 200, '{"occupied":true,"type":"presence"}')

    def test_users(self):
        presence, private, none = unique("presence-r"), unique("private-a"), unique("none")
        for user in ("u2", "u1", "u2"):
            self.listener(self.dialect_app, presence, private, user=user)
        self.assert_answer(self.api.get(f"/channels/{presence}/users"), 200, '{"users":["u2","u1"]}')
        for channel, status, text in ((private, 400, "Invalid channel"), (none, 404, "Not Found")):
            answer = self.api.get(f"/channels/{channel}/users")
            self.assert_answer(answer, status, f'{{"error":"{text} [{channel}]"}}')

    def test_refusals(self):
        base = f"/apps/{self.dialect_app.id}"
        other = self.api.target("GET", f"/apps/{PUSHER.id}/channels")
        for path, status, text in (
            (f"{base}/channels", 400, "Required auth_key"), (other, 401, "Invalid auth_key"),
            (self.api.target("GET", "/apps/99/channels"), 401, "Invalid auth_key"),
            (self.api.target("GET", f"{base}/channels", change={"auth_key": "nobody"}), 401, "Invalid auth_key"),
            (self.api.target("GET", f"{base}/channels", change={"auth_signature": "00"}), 401, "Invalid signature"),
        ):
            self.assert_answer(http.get(self.server.http_port, path), status, f'{{"error":"{text}"}}')
        for method, path in (("GET", "/zzz"), ("GET", "/events"), ("POST", "/channels")):
            self.assert_answer(self.api.call(method, path), 404, "Not Found.", "text/plain")

    def test_headers_and_the_greeting(self):
        for answer in (self.api.get("/channels"), self.api.get("/zzz")):
            self.assertEqual(answer.headers["Server"], "workbunny/webman-push-server")
            self.assertEqual(answer.headers["Version"], self.version)
        greeting = http.get(self.server.http_port, "/index")
        self.assert_answer(greeting, 200, "Hello Workbunny!", "text/plain")
        self.assertEqual(greeting.headers["Server"], "workbunny/webman-push-server")

    @needs_php
    def test_its_own_client(self):
        presence, private = unique("presence-r"), unique("private-a")
        client = self.listener(self.dialect_app, presence, private, user="u1")
        other = self.listener(self.dialect_app, private)
        calls = (
            ["trigger", [presence, private], "ev", {"m": 1}, {"socket_id": other.socket_id}],
            ["triggerBatch", [{"channel": private, "name": "ev2", "data": "x"}]],
            ["getChannels", {"info": COUNTS, "filter_by_prefix": "presence"}],
            ["getChannels", {"info": ["subscription_count", "user_count"], "filter_by_prefix": private}],
            ["getChannelInfo", presence, {"info": COUNTS}], ["getPresenceUsers", presence],
            ["without", "auth_version"], ["getChannels"], ["without", "auth_timestamp", "auth_version"],
            ["getChannels"], ["getChannels", {"auth_timestamp": 1}], ["terminateUserConnections", "u1"],
        )
        answers = self.php("WorkbunnyAPI", self.dialect_app, *calls)
        results = [answer["result"] if isinstance(answer, dict) else answer for answer in answers]
        self.assertEqual(results[:2], [{"channels": [presence, private]}, {"channels": [private]}])
        for channel in (presence, private):
            self.assert_given(client.expect("ev", channel), {"m": 1})
        client.expect("ev2", private)
        self.assertEqual([event.name for event in other.rest()], ["ev2"])
        counts = {"type": "presence", "subscription_count": 1, "user_count": 1}
        self.assertEqual(results[2]["channels"][presence], counts)
        self.assertEqual(results[3], {"channels": {private: {"type": "private", "subscription_count": 2}}})
        self.assertEqual(results[4], {"occupied": True, **counts})
        self.assertEqual(results[5], {"users": ["u1"]})
        # What is left out is filled in by the server; the time of signing holds all the same.
        self.assertEqual([answers[index]["status"] for index in (7, 9, 10, 11)], [200, 200, 401, 200])
        self.assertEqual(answers[11]["body"], "{}")
        self.assertEqual(client.until_closed()[1], 4009)
        self.assertEqual(other.rest(), [])


class Workbunny2(WorkbunnyTests, SeedCase):
    dialect_app, version = WORKBUNNY_2, "2.0.0"


class Workbunny3(WorkbunnyTests, SeedCase):
    dialect_app, version = WORKBUNNY_3, "3.2.1"
