# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Pusher Channels: the HTTP interface: what backends may say, and what they are told."""

import json
from urllib.parse import quote, urlencode

from support import http
from support.case import unique
from support.contents import CONTENTS
from support.pusher_api import PusherAPI
from support.pusher_case import APP, OTHER, PusherCase

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class APICase(PusherCase):
    def listener(self, *channels):
        client = self.pusher()
        for channel in channels:
            client.subscribe(channel, {"user_id": "listener"} if channel.startswith("presence-") else None)
        client.rest()
        return client

    def assert_ok(self, answer, body):
        """Exactly 200 and JSON: PHP's library takes nothing else."""
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(answer.headers.get_content_type(), "application/json")
        self.assertEqual(answer.json, body)

    def assert_refused(self, answer, status):
        self.assertEqual(answer.status, status, answer.text)
        self.assertTrue(answer.text.strip())
        self.assertLess(len(answer.text), 2000)


class Events(APICase):
    def test_on_both_ports(self):
        channel = unique("public")
        client = self.listener(channel)
        for port in (self.server.http_port, self.server.ws_port):
            answer = self.api.post("/events", {"name": "news", "channel": channel, "data": "{}"}, port=port)
            self.assert_ok(answer, {})
            self.assertEqual(client.receive(), {"event": "news", "channel": channel, "data": "{}"})

    def test_one_channel_or_many(self):
        channels = [unique(prefix) for prefix in ("public", "private-x", "presence-x")]
        client = self.listener(*channels)
        for members, expected in (
            ({"channel": channels[0]}, channels[:1]), ({"channels": channels}, channels),
            ({"channels": channels[1:2]}, channels[1:2]), ({"channels": [channels[0]] * 1}, channels[:1]),
            ({"channels": [*channels, unique("nobody")]}, channels),
        ):
            with self.subTest(members):
                self.assert_ok(self.api.post("/events", {"name": "news", "data": "x", **members}), {})
                self.assertEqual([client.receive().channel for _ in expected], expected)
        self.assertEqual(client.rest(), [])

    def test_a_channel_that_is_named_twice(self):
        channel = unique("public")
        client = self.listener(channel)
        answer = self.api.post("/events", {"name": "news", "data": "x", "channels": [channel, channel]})
        self.assertIn(answer.status, (200, 400))
        self.assertLessEqual(len(client.rest()), 2)

    def test_data_is_passed_on_byte_for_byte(self):
        channel = unique("public")
        client = self.listener(channel)
        for name, content in CONTENTS.items():
            if "surrogate" in name:
                continue
            with self.subTest(name):
                data = json.dumps(content, ensure_ascii=len(name) % 2 == 0)
                body = f'{{"data" : {data} ,"name":"news","channels":["{channel}"]}}'
                self.assert_ok(self.api.call("POST", "/events", body, JSON), {})
                event = client.expect("news", channel)
                self.assertEqual((event["data"], event.raw["data"]), (content, data))

    def test_data_that_is_no_string_becomes_one(self):
        channel = unique("public")
        client = self.listener(channel)
        for data in ('{"a":[1,"é"]}', "[1]", "5", "true", "null"):
            with self.subTest(data):
                body = f'{{"name":"news","channel":"{channel}","data":{data}}}'
                answer = self.api.call("POST", "/events", body, JSON)
                if answer.status == 400:
                    self.assertEqual(data, "null")
                    continue
                event = client.expect("news", channel)
                self.assertIsInstance(event["data"], str)
                self.assertEqual(json.loads(event["data"]), json.loads(data))

    def test_names_are_passed_on(self):
        channel = unique("public")
        client = self.listener(channel)
        for name in ('"quoted" \\', "é👍", "App\\Events\\News", "x" * 200, "\n", "client-x", "</script>"):
            with self.subTest(name):
                answer = self.api.post("/events", {"name": name, "channel": channel, "data": "1"})
                self.assert_ok(answer, {})
                client.expect(name, channel)

    def test_names_of_the_protocols_own_are_refused(self):
        channel = unique("public")
        client = self.listener(channel)
        for name in ("pusher:error", "pusher_internal:subscription_succeeded", "pusher:x"):
            with self.subTest(name):
                self.assert_refused(self.api.post("/events", {"name": name, "channel": channel, "data": "1"}), 400)
        self.assertEqual(client.rest(), [])

    def test_a_socket_is_left_out(self):
        channel = unique("private-x")
        sender, other = self.listener(channel), self.listener(channel)
        self.api.trigger(channel, "news", socket_id=sender.socket_id)
        other.expect("news", channel)
        self.assertEqual(sender.rest(), [])
        # One that is not there, or nobody's, leaves out nobody.
        number, tail = sender.socket_id.split(".")
        for socket_id in ("1.1", "99999999.99999999", f"{number}.{int(tail) + 1024}"):
            self.api.trigger(channel, "again", socket_id=socket_id)
            other.expect("again", channel)
        for socket_id in ("1", "x", "1.x", "1.2.3", "1.2:x", "", "-1.2", "1. 2"):
            with self.subTest(socket_id):
                body = {"name": "news", "channel": channel, "data": "", "socket_id": socket_id}
                self.assert_refused(self.api.post("/events", body), 400)

    def test_limits(self):
        channel = unique("public")
        client = self.listener(channel)
        many = [unique("c") for _ in range(100)]
        cases = {
            "101 channels": ({"channels": [*many, channel]}, 400), "100 channels": ({"channels": many}, 200),
            "a name of 201": ({"channel": channel, "name": "x" * 201}, 400), "no channel": ({"channels": []}, 400),
            "a long channel": ({"channel": "x" * 201}, 400), "a bad channel": ({"channel": "a b"}, 400),
            "a bad one of two": ({"channels": [channel, "#x"]}, 400),
            "data": ({"channel": channel, "data": "x" * 10_241}, 413),
            "an encrypted one of two": ({"channels": [channel, unique("private-encrypted-x")]}, 400),
            "an encrypted one alone": ({"channels": [unique("private-encrypted-x")]}, 200),
            "no name": ({"channel": channel, "name": None}, 400), "no data": ({"channel": channel, "data": None}, 400),
            "neither": ({}, 400), "a user's": ({"channel": "#server-to-user-" + "u" * 200}, 200),
            "a user's with a bad id": ({"channel": "#server-to-user-a b"}, 400),
        }
        for name, (members, status) in cases.items():
            with self.subTest(name):
                body = {"name": "news", "data": "", **members}
                body = {name: value for name, value in body.items() if value is not None}
                answer = self.api.post("/events", body)
                self.assertEqual(answer.status, status, answer.text)
        self.assertEqual(client.rest(), [])
        self.api.trigger(channel, "most", "x" * 10_240)
        self.assertEqual(len(client.expect("most", channel)["data"]), 10_240)

    def test_info(self):
        public, presence = unique("public"), unique("presence-x")
        for user in ("a", "a", "b"):
            self.member(presence, user)
        self.listener(public)
        body = {"name": "news", "data": "", "channels": [public, presence], "info": "subscription_count"}
        self.assert_ok(self.api.post("/events", body), {"channels": {
            public: {"subscription_count": 1}, presence: {"subscription_count": 3},
        }})
        body = {"name": "news", "data": "", "channel": presence, "info": "user_count,subscription_count"}
        counts = {"user_count": 2, "subscription_count": 3}
        self.assert_ok(self.api.post("/events", body), {"channels": {presence: counts}})
        body = {"name": "news", "data": "", "channels": [public, presence], "info": "user_count"}
        answer = self.api.post("/events", body)
        # The event is more than its numbers.
        self.assert_ok(answer, {"channels": {public: {}, presence: {"user_count": 2}}})
        self.assert_refused(self.api.post("/events", {**body, "info": "nonsense"}), 400)

    def test_as_a_form(self):
        """PHP writes lists with brackets."""
        first, second = unique("public"), unique("public")
        client = self.listener(first, second)
        forms = (
            ({"channels[]": [first, second]}, [first, second]), ({"channel": first}, [first]),
            ({"channels[0]": first, "channels[1]": second}, [first, second]),
        )
        for members, channels in forms:
            with self.subTest(members):
                form = urlencode({"name": "news", "data": "é &=+", **members}, doseq=True)
                self.assert_ok(self.api.call("POST", "/events", form, FORM), {})
                for channel in channels:
                    self.assertEqual(client.expect("news", channel)["data"], "é &=+")

    def test_nobody_reaches_another_apps_channels(self):
        channel = unique("public")
        client = self.listener(channel)
        foreign = self.api.target("POST", f"/apps/{OTHER.id}/events", b"{}")
        self.assertEqual(http.post(self.server.http_port, foreign, "{}").status, 401)
        self.assertEqual(client.rest(), [])


class Batches(APICase):
    def test_in_their_order(self):
        first, second = unique("public"), unique("private-x")
        client = self.listener(first, second)
        channels = [first, second] * 5
        batch = [{"channel": name, "name": f"n{number}", "data": "x"} for number, name in enumerate(channels)]
        self.assert_ok(self.api.post("/batch_events", {"batch": batch}), {})
        self.assertEqual([client.receive().name for _ in range(10)], [event["name"] for event in batch])

    def test_info_in_the_order_of_the_request(self):
        public, presence = unique("public"), unique("presence-x")
        self.member(presence, "a"), self.member(presence, "a")
        batch = [
            {"channel": presence, "name": "n", "data": "", "info": "user_count"},
            {"channel": public, "name": "n", "data": ""},
            {"channel": public, "name": "n", "data": "", "info": "subscription_count"},
        ]
        answer = self.api.post("/batch_events", {"batch": batch})
        self.assert_ok(answer, {"batch": [{"user_count": 1}, {}, {"subscription_count": 0}]})

    def test_socket_ids_are_of_each(self):
        channel = unique("public")
        one, two = self.listener(channel), self.listener(channel)
        first, second = ({"channel": channel, "name": name, "data": ""} for name in "nm")
        batch = [{**first, "socket_id": one.socket_id}, second]
        self.assert_ok(self.api.post("/batch_events", {"batch": batch}), {})
        self.assertEqual([event.name for event in one.rest()], ["m"])
        self.assertEqual([event.name for event in two.rest()], ["n", "m"])

    def test_all_of_it_or_nothing(self):
        channel = unique("public")
        client = self.listener(channel)
        good = {"channel": channel, "name": "n", "data": ""}
        for bad, status in (
            ([good] * 11, 400), ([good, {**good, "channel": "a b"}], 400), ([good, {"channel": channel}], 400),
            ([good, {**good, "name": "x" * 201}], 400), ([good, {**good, "data": "x" * 10_241}], 413),
            ([good, {**good, "socket_id": "x"}], 400), ([good, {**good, "info": "nonsense"}], 400),
        ):
            answer = self.api.post("/batch_events", {"batch": bad})
            self.assertEqual(answer.status, status, answer.text)
        self.assertEqual(client.rest(), [])
        self.assertIn(self.api.post("/batch_events", {"batch": []}).status, (200, 400))


class OldEvents(APICase):
    def test_the_body_is_the_data(self):
        channel = unique("public")
        client = self.listener(channel)
        for data in ('{"a":1}', "plain é\n\"\\\0", "", "x" * 10_240):
            with self.subTest(data[:20]):
                answer = self.api.call("POST", f"/channels/{channel}/events", data, query={"name": "news"})
                self.assertEqual(answer.status, 202, answer.text)
                self.assertEqual(client.expect("news", channel)["data"], data)
        query = {"name": "news", "socket_id": client.socket_id}
        answer = self.api.call("POST", f"/channels/{channel}/events", "", query=query)
        self.assertEqual((answer.status, client.rest()), (202, []))

    def test_bad_ones(self):
        channel = unique("public")
        for body, query, name, status in (
            (b"\xff\xfe", {"name": "news"}, channel, 400), ("x", {}, channel, 400),
            ("x", {"name": "news"}, "a%20b", 400),
            ("x" * 10_241, {"name": "news"}, channel, 413), ("x", {"name": "news", "socket_id": "x"}, channel, 400),
        ):
            with self.subTest(query, name=name):
                answer = self.api.call("POST", f"/channels/{name}/events", body, query=query)
                self.assertEqual(answer.status, status, answer.text)


class Listing(APICase):
    def test_one_channel(self):
        public, presence = unique("public"), unique("presence-x")
        self.listener(public), self.listener(public), self.member(presence, "a"), self.member(presence, "a")
        self.assertEqual(self.api.channel(public), {"occupied": True})
        self.assertEqual(self.api.channel(public, "subscription_count"), {"occupied": True, "subscription_count": 2})
        self.assertEqual(self.api.channel(presence, "user_count"), {"occupied": True, "user_count": 1})
        self.assertEqual(self.api.channel(unique("x")), {"occupied": False})
        self.assertEqual(self.api.channel(unique("presence-x"), "user_count", "subscription_count"),
                         {"occupied": False, "user_count": 0, "subscription_count": 0})
        invalid = ((public, "user_count"), (public, "nonsense"), (public, "cache"), (presence, "user_count,nonsense"))
        for name, info in invalid:
            with self.subTest(info):
                self.assert_refused(self.api.get(f"/channels/{name}", info=info), 400)
        self.assert_refused(self.api.get("/channels/a%20b"), 400)

    def test_all_that_are_occupied(self):
        mark = unique("mark")
        prefixes = ("", "private-", "presence-", "private-encrypted-")
        names = [f"{prefix}{mark}-{number}" for prefix in prefixes for number in range(3)]
        client = self.listener(*names)
        gone = self.pusher()
        gone.subscribe(f"{mark}-gone")
        gone.unsubscribe(f"{mark}-gone")
        gone.rest()
        channels = self.api.channels()
        self.assertEqual({name for name in channels if mark in name}, set(names))
        self.assertEqual(channels[names[0]], {})
        self.assertEqual(set(self.api.channels(f"presence-{mark}")), set(names[6:9]))
        self.assertEqual(set(self.api.channels(f"{mark}-1")), {f"{mark}-1"})
        self.assertEqual(self.api.channels("no-such-prefix"), {})
        counted = self.api.channels(f"presence-{mark}", "user_count", "subscription_count")
        self.assertEqual(counted, {name: {"user_count": 1, "subscription_count": 1} for name in names[6:9]})
        self.assertEqual(self.api.channels(f"{mark}-1", "subscription_count"), {f"{mark}-1": {"subscription_count": 1}})
        users = {"info": "user_count"}
        for query in (users, {**users, "filter_by_prefix": "private-"}, {"info": "nonsense"}):
            with self.subTest(query):
                self.assert_refused(self.api.get("/channels", **query), 400)
        for prefix in ("*", "pre*", "[a-z]", "%", "_", "\\"):
            with self.subTest(prefix):
                answer = self.api.get("/channels", filter_by_prefix=prefix)
                if answer.status == 200:
                    self.assertEqual(answer.json, {"channels": {}})
                else:
                    self.assertEqual(answer.status, 400)
        client.close()

    def test_subscriptions_are_counted_where_the_app_asks_for_it(self):
        channel = unique("public")
        self.pusher(OTHER).subscribe(channel)
        api = PusherAPI(self.server, OTHER)
        self.assert_refused(api.get(f"/channels/{channel}", info="subscription_count"), 400)
        self.assert_refused(api.get("/channels", info="subscription_count"), 400)
        self.assertEqual(api.channel(channel), {"occupied": True})
        told = api.trigger(channel, info="subscription_count")
        self.assertEqual(told, {"channels": {channel: {}}})

    def test_users(self):
        presence = unique("presence-x")
        for user in ("b", "a", "b", 1):
            self.member(presence, user)
        answer = self.api.get(f"/channels/{presence}/users")
        self.assertEqual(answer.status, 200)
        self.assertEqual(set(answer.json), {"users"})
        self.assertEqual(sorted(user["id"] for user in answer.json["users"]), ["1", "a", "b"])
        self.assertTrue(all(list(user) == ["id"] for user in answer.json["users"]))
        self.assert_ok(self.api.get(f"/channels/{unique('presence-x')}/users"), {"users": []})
        for name in (unique("public"), unique("private-x")):
            self.assert_refused(self.api.get(f"/channels/{name}/users"), 400)

    def test_apps_see_their_own(self):
        channel = unique("public")
        self.pusher(OTHER).subscribe(channel)
        self.assertEqual(self.api.channel(channel), {"occupied": False})
        self.assertNotIn(channel, self.api.channels())


class Routes(APICase):
    def test_what_there_is_not(self):
        for method, path in (
            ("GET", "/events"), ("PUT", "/events"), ("DELETE", "/channels"), ("POST", "/channels"), ("GET", ""),
            ("GET", "/"),
            ("GET", "/nonsense"), ("POST", "/channels/x/nonsense"), ("GET", "/users/x/terminate_connections"),
            ("POST", "/events/x"),
        ):
            with self.subTest(f"{method} {path}"):
                answer = self.api.call(method, path, "{}" if method != "GET" else None)
                self.assertIn(answer.status, (404, 405), answer.text)

    def test_names_in_the_path_may_be_escaped(self):
        name = "presence-=@,.;" + unique("x")
        self.member(name, "a")
        for written in (name, quote(name, safe="")):
            answer = self.api.get(f"/channels/{written}")
            self.assertEqual((answer.status, answer.json), (200, {"occupied": True}))

    def test_who_asks_from_a_browser_or_a_tool(self):
        headers = {"X-Pusher-Library": "pusher-http-php 7.2.4", "User-Agent": "x", "Accept": "text/html", **JSON}
        body = json.dumps({"name": "n", "channel": unique("x"), "data": ""})
        self.assertEqual(self.api.call("POST", "/events", body, headers).status, 200)
        headers["Content-Type"] = "application/json; charset=utf-8"
        self.assertEqual(self.api.call("POST", "/events", body, headers).status, 200)

    def test_the_chats_interface_is_still_there(self):
        self.assertEqual(http.get(self.server.http_port, "/health/ready").status, 200)
        self.assertEqual(http.get(self.server.http_port, "/chat/online?uid=a").status, 401)
        self.assertEqual(APP.key, self.app.key)
