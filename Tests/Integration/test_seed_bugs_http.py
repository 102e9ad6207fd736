# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""What the older PHP servers get wrong by HTTP, shown absent in every dialect: each test is named for what is right."""

import hashlib
import http.client
import json
import time
from urllib.parse import quote

from support import http as plain
from support.apps import sign
from support.case import unique
from support.pusher_api import PusherAPI
from support.seed_case import PUSHER, WEBMAN, WORKBUNNY_2, WORKBUNNY_3, SeedCase
from support.waiting import eventually

WORKBUNNY = (WORKBUNNY_2, WORKBUNNY_3)
OLDER = (WEBMAN, *WORKBUNNY)
COUNTS = "subscription_count,user_count"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class BugCase(SeedCase):
    settings = {"server.loops": 2, "chat.app": WORKBUNNY_3.id}

    def api_of(self, app):
        return PusherAPI(self.server, app)


class WhoMayCall(BugCase):
    def test_a_call_is_good_for_ten_minutes(self):
        """All three servers took a call with the time 1."""
        for app in OLDER:
            channel = unique("pub")
            client = self.listener(app, channel)
            body = json.dumps({"name": "old", "channels": [channel], "data": "x"}).encode()
            now = int(time.time())
            for timestamp, status in ((1, 401), (now - 620, 401), (now + 620, 401), (now - 580, 200)):
                with self.subTest(app.key, timestamp=timestamp):
                    change = {"auth_timestamp": str(timestamp)}
                    answer = self.api_of(app).call("POST", "/events", body, change=change)
                    self.assertEqual(answer.status, status, answer.text)
            self.assertEqual(len(client.rest()), 1)

    def test_the_body_is_the_one_that_was_signed(self):
        """All three servers took any body with a call's signature."""
        for app in OLDER:
            with self.subTest(app.key):
                channel, api = unique("pub"), self.api_of(app)
                client = self.listener(app, channel)
                signed = json.dumps({"name": "signed", "channels": [channel], "data": "x"}).encode()
                forged = signed.replace(b"signed", b"forged")
                for target, body in (
                    (api.target("POST", f"/apps/{app.id}/events", signed), forged),
                    (api.target("POST", f"/apps/{app.id}/events"), forged),
                    (api.target("POST", f"/apps/{app.id}/events", change={"body_md5": "00"}), forged),
                    (api.target("POST", f"/apps/{app.id}/events", signed), signed + b" "),
                ):
                    self.assertEqual(plain.post(self.server.http_port, target, body).status, 401)
                self.assertEqual(client.rest(), [])

    def test_nobody_is_let_in_without_a_signature(self):
        """Workbunny 3 let everybody in where a setting was missing."""
        for app in OLDER:
            for query in ("", f"auth_key={app.key}", f"auth_key={app.key}&auth_signature=", "auth_signature=0",
                          f"auth_key[]={app.key}", f"auth_key={app.key}&auth_signature[]=0&auth_timestamp=1"):
                with self.subTest(app.key, query=query):
                    answer = plain.get(self.server.http_port, f"/apps/{app.id}/channels?{query}")
                    self.assertIn(answer.status, (400, 401))
                    self.assertNotIn("channels", answer.text)

    def test_the_right_signature_is_never_told(self):
        for app in (*OLDER, PUSHER):
            path, now = f"/apps/{app.id}/channels", int(time.time())
            query = f"auth_key={app.key}&auth_timestamp={now}&auth_version=1.0"
            right = sign(app.secret, f"GET\n{path}\n{query}")
            answer = plain.get(self.server.http_port, f"{path}?{query}&auth_signature={'0' * 64}")
            self.assertEqual(answer.status, 401)
            self.assertNotIn(right[:16], answer.text)
            self.assertNotIn(app.secret, answer.text)

    def test_what_is_used_is_what_was_signed(self):
        """Of a repeated parameter PHP signs the last: another one must not count."""
        for app in OLDER:
            mark = unique("mark")
            self.listener(app, mark)
            path, now = f"/apps/{app.id}/channels", int(time.time())
            query = f"auth_key={app.key}&auth_timestamp={now}&auth_version=1.0&filter_by_prefix=none-at-all"
            signature = sign(app.secret, f"GET\n{path}\n{query}")
            target = f"{path}?filter_by_prefix={mark}&{query}&auth_signature={signature}"
            answer = plain.get(self.server.http_port, target)
            self.assertEqual((answer.status, answer.json), (200, {"channels": {}}))

    def test_a_backend_cannot_speak_for_the_protocol(self):
        """An event of any name reached the clients, the protocol's own too."""
        for app in OLDER:
            channel, api = unique("presence-x"), self.api_of(app)
            client = self.listener(app, channel)
            for name in ("pusher_internal:member_added", "pusher:error", "pusher:terminate_connection"):
                event = {"name": name, "data": "{}"}
                self.assertEqual(api.post("/events", {**event, "channels": [channel]}).status, 400)
                self.assertEqual(api.post("/batch_events", {"batch": [{**event, "channel": channel}]}).status, 400)
            self.assertEqual(client.rest(), [])

    def test_one_apps_backend_does_not_reach_another_apps_channels(self):
        channel = unique("pub")
        clients = {app: self.listener(app, channel) for app in (*OLDER, PUSHER)}
        for signer in (*OLDER, PUSHER):
            for named in (*OLDER, PUSHER):
                body = json.dumps({"name": "e", "channels": [channel], "data": "x"}).encode()
                target = self.api_of(signer).target("POST", f"/apps/{named.id}/events", body)
                answer = plain.post(self.server.http_port, target, body)
                # Whatever id stands in the path of webman/push, the app is that of the key.
                self.assertEqual(answer.status, 200 if signer in (named, WEBMAN) else 401, answer.text)
                for app, client in clients.items():
                    heard = [event.name for event in client.rest()]
                    self.assertEqual(heard, ["e"] if answer.status == 200 and app is signer else [])


class WhatIsTold(BugCase):
    def test_a_channel_that_nobody_has_is_not_occupied(self):
        """Workbunny's was occupied, and its kind was false."""
        for app in WORKBUNNY:
            for name, kind in ((unique("none"), "public"), (unique("presence-none"), "presence"),
                               (unique("private-none"), "private")):
                answer = self.api_of(app).get(f"/channels/{name}", info=COUNTS)
                expected = f'{{"occupied":false,"type":"{kind}","subscription_count":0,"user_count":0}}'
                self.assert_answer(answer, 200, expected)

    def test_a_prefix_is_a_prefix(self):
        """Workbunny's presence- found nothing, and stars were patterns."""
        for app in WORKBUNNY:
            channel, api = unique("presence-x"), self.api_of(app)
            self.listener(app, channel)
            for prefix in ("presence-", "pres", channel):
                self.assertIn(channel, api.get("/channels", filter_by_prefix=prefix).json["channels"])
            for prefix in ("*", "presence-*", "?resence-", "[p]resence-", "%", "\\"):
                self.assertEqual(api.get("/channels", filter_by_prefix=prefix).json["channels"], {})

    def test_counts_are_numbers(self):
        """Workbunny's were strings, and false where there were none."""
        for app in OLDER:
            mark = unique("mark")
            self.listener(app, f"private-{mark}", f"presence-{mark}")
            for channel, users in ((f"private-{mark}", 0), (f"presence-{mark}", 1), (unique("none"), 0)):
                told = self.api_of(app).get(f"/channels/{channel}", info=COUNTS).json
                self.assertIs(type(told["subscription_count"]), int)
                self.assertIs(type(told["user_count"]), int)
                self.assertEqual(told["user_count"], users)
            listed = self.api_of(app).get("/channels", info=COUNTS).json["channels"]
            self.assertEqual(listed[f"private-{mark}"]["subscription_count"], 1)
            self.assertNotIn("user_count", listed[f"private-{mark}"])

    def test_an_empty_object_is_no_array(self):
        """PHP wrote [] for a channel about which nothing was asked, and for a list without any."""
        self.listener(WEBMAN, unique("a"))
        for app in OLDER:
            api = self.api_of(app)
            for listed in (api.get("/channels"), api.get("/channels", filter_by_prefix="none-at-all")):
                self.assertIsInstance(listed.json["channels"], dict)
                for told in listed.json["channels"].values():
                    self.assertIsInstance(told, dict)

    def test_ids_that_look_like_numbers_are_text(self):
        for app in OLDER:
            channel = unique("presence-x")
            for user in ("0", "1", "007"):
                self.listener(app, channel, user=user)
            users = self.api_of(app).get(f"/channels/{channel}/users").json
            ids = [user["id"] for user in users] if app is WEBMAN else users["users"]
            self.assertEqual(ids, ["0", "1", "007"])

    def test_a_question_has_one_answer(self):
        """webman/push answered the one for the users twice, on the same connection."""
        for app in OLDER:
            channel, api = unique("presence-x"), self.api_of(app)
            self.listener(app, channel)
            connection = http.client.HTTPConnection("127.0.0.1", self.server.http_port, timeout=10)
            self.addCleanup(connection.close)
            for path, expected in (("/users", "listener"), ("", "occupied"), ("/users", "listener")) * 2:
                connection.request("GET", api.target("GET", f"/apps/{app.id}/channels/{channel}{path}"))
                response = connection.getresponse()
                self.assertEqual(response.status, 200)
                self.assertIn(expected, response.read().decode())

    def test_counts_follow_those_who_vanish(self):
        """Workbunny's drifted when a client or a worker was lost, and below zero."""
        for app in OLDER:
            channel, api = unique("presence-x"), self.api_of(app)
            gone, again, last = (self.listener(app, channel, user=user) for user in ("a", "a", "b"))
            again.rest()
            again.subscribe(channel, {"user_id": "a"})
            for client, left in ((gone, (2, 2)), (again, (1, 1)), (last, (0, 0))):
                client.crash()
                eventually(f"{left} are left", lambda left=left: self.counts(api, channel) == left, 10)
            self.assertFalse(api.get(f"/channels/{channel}").json["occupied"])
            self.assertNotIn(channel, api.get("/channels").json["channels"])

    @staticmethod
    def counts(api, channel):
        told = api.get(f"/channels/{channel}", info=COUNTS).json
        return told["subscription_count"], told["user_count"]


class WhatIsDone(BugCase):
    def test_data_that_php_takes_for_false_is_data(self):
        """Workbunny's answer was Required data."""
        for app in WORKBUNNY:
            channel = unique("pub")
            client = self.listener(app, channel)
            for data in ("0", "", 0, False, [], {}, 0.0):
                answer = self.api_of(app).post("/events", {"name": "e", "channel": channel, "data": data})
                self.assertEqual(answer.status, 200, answer.text)
                self.assert_given(client.expect("e", channel), data)

    def test_values_keep_their_digits(self):
        """PHP made [] of {}, 1 of 1.0, and lost digits of large numbers."""
        for app in WORKBUNNY:
            channel = unique("pub")
            client = self.listener(app, channel)
            data = '{"a":{},"b":1.0,"c":123456789012345678901234567890,"d":"\\u4e2d/"}'
            answer = self.api_of(app).call("POST", "/events", f'{{"name":"e","channel":"{channel}","data":{data}}}')
            self.assertEqual(answer.status, 200)
            self.assertEqual(self.json_of(client.expect("e", channel)), data)

    def test_a_body_that_is_no_event_says_so(self):
        """webman/push called it a wrong signature, workbunny did not look at the events of a batch."""
        for app in OLDER:
            channel, api = unique("pub"), self.api_of(app)
            client = self.listener(app, channel)
            good = {"channel": channel, "name": "e", "data": "x"}
            for path, body in (
                ("/events", "{"), ("/events", "5"), ("/events", '"s"'), ("/events", "[]"), ("/events", "null"),
                ("/events", '{"name":["x"],"channels":["a"],"data":"x"}'),
                ("/events", '{"name":"e","channels":{},"data":"x"}'),
                ("/events", '{"name":"e","channels":[["a"]],"data":"x"}'), ("/events", b"\xff\xfe"),
                ("/events", '{"name":"e","channel":5,"data":"x"}'), ("/events", "[" * 100_000),
                ("/batch_events", {"batch": [good, 5]}), ("/batch_events", {"batch": [good, {"name": "e"}]}),
                ("/batch_events", {"batch": [good, {**good, "channel": ["x"]}]}), ("/batch_events", {"batch": "x"}),
                ("/batch_events", {"batch": [good, {**good, "name": ""}]}), ("/batch_events", "5"),
            ):
                with self.subTest(app.key, body=str(body)[:60]):
                    self.assertEqual(api.call("POST", path, body).status, 400)
            # Nobody else has noticed.
            self.assertEqual(client.rest(), [])
            api.trigger(channel, "alive")
            client.expect("alive", channel)

    def test_all_connections_of_a_user_end(self):
        """Workbunny 2 ended one of them if it was lucky, workbunny 3 none."""
        for app in OLDER:
            channels = unique("presence-x"), unique("presence-y")
            users = [self.listener(app, channel, user="u/2") for channel in channels * 2]
            others = [self.listener(app, channel, user="u") for channel in channels]
            foreign = self.listener(PUSHER, channels[0], user="u/2")
            path = f"/users/{quote('u/2', safe='')}/terminate_connections"
            api = self.api_of(app)
            answer = api.call("POST", path, {})
            self.assert_answer(answer, 200, "{}")
            for client in users:
                self.assertEqual(client.until_closed()[1], 4009)
            for client in (*others, foreign):
                self.assertEqual([event.name for event in client.rest()
                                  if event.name != "pusher_internal:member_removed"], [])
            for channel in channels:
                self.assertEqual(api.get(f"/channels/{channel}", info="user_count").json["user_count"], 1)


class TheSamples(BugCase):
    def token(self, uid):
        done = self.server.command("token", "issue", "--uid", uid, "--channel", "private-*", "--channel", "presence-*")
        return done.stdout.splitlines()[0]

    def ask(self, path, body):
        return plain.post(self.server.http_port, path, body, headers=FORM)

    def test_a_form_without_data_of_a_member_ends_nothing(self):
        """It ended the worker, with every connection on it; and it is what the page's client sends."""
        client, token = self.listener(WORKBUNNY_3, "a"), self.token("7")
        for body in ("", "channel_data", "channel_data=", "channel_name[]=presence-x", "socket_id=1.2",
                     f"channel_name=presence-x&socket_id={client.socket_id}", "%", "\0", "channel_data=%7B"):
            self.assertIn(self.ask("/subscribe/auth", body).status, (400, 401))
            self.assertIn(self.ask("/plugin/webman/push/auth", body).status, (400, 401))
        names = f"channel_name=presence-x&socket_id={client.socket_id}&access_token={token}"
        answer = self.ask("/subscribe/auth", names)
        self.assertEqual(answer.status, 200)
        self.assertEqual(client.rest(), [])

    def test_what_is_answered_for_a_private_channel_opens_it(self):
        """Workbunny's sample answered data that it had not signed, and nobody could join."""
        client = self.pusher(WORKBUNNY_3)
        names = f"channel_name=private-x&socket_id={client.socket_id}&access_token={self.token('7')}"
        answer = self.ask("/subscribe/auth", names).json
        client.subscribe("private-x", answer.get("channel_data"), answer["auth"])

    def test_the_information_of_a_member_is_json(self):
        """The sample's was not, and its members had none."""
        names = f"channel_name=presence-x&socket_id=1.2&access_token={self.token('7')}"
        data = self.ask("/subscribe/auth", names).json["channel_data"]
        self.assertEqual(json.loads(data["user_info"]), {})

    def test_not_everything_is_granted_to_everybody(self):
        """webman/push's route signed whatever it was asked for."""
        for path in ("/plugin/webman/push/auth", "/subscribe/auth"):
            for body in ("channel_name=private-x&socket_id=1.2", "channel_name=private-x&socket_id=1.2&access_token=x"):
                answer = self.ask(path, body)
                self.assertEqual(answer.status, 401)
                self.assertNotIn(WORKBUNNY_3.key, answer.text)

    def test_the_pages_client_is_there(self):
        """Workbunny's path was wrong: 404."""
        for path in ("/plugin/workbunny/webman-push-server/push.js", "/plugin/webman/push/push.js"):
            answer = plain.get(self.server.http_port, path)
            self.assertEqual((answer.status, answer.headers.get_content_type()), (200, "text/javascript"))

    def test_text_does_not_claim_to_be_json(self):
        for path in ("/index", "/apps/1/zzz"):
            self.assertEqual(plain.get(self.server.http_port, path).headers.get_content_type(), "text/plain")

    def test_a_replay_of_a_call_that_left_its_time_out_is_late(self):
        """Such a call was good at any second in which its digits were right, with any body."""
        app = WORKBUNNY_2
        body = b'{"name":"e","channel":"a","data":"x"}'
        path, query = f"/apps/{app.id}/events", f"auth_key={app.key}&body_md5={hashlib.md5(body).hexdigest()}"

        def status(seconds, sent=body):
            parameters = f"auth_key={app.key}&auth_timestamp={seconds}&auth_version=1.0&" + query.split("&")[1]
            signature = sign(app.secret, f"POST\n{path}\n{parameters}")
            return plain.post(self.server.http_port, f"{path}?{query}&auth_signature={signature}", sent).status

        self.assertEqual(status(int(time.time())), 200)
        self.assertEqual(status(int(time.time()) - 10), 401)
        self.assertEqual(status(int(time.time()), body.replace(b"x", b"y")), 401)
