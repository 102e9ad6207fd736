# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The endpoints for signatures at the paths of webman/push and workbunny: what a login grants, in their words."""

import json
from urllib.parse import urlencode

from support import http
from support.case import unique
from support.seed_case import PUSHER, WEBMAN, WORKBUNNY_2, WORKBUNNY_3, SeedCase
from support.server import SERVER_KEY

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
GRANTS = ("private-user-{uid}", "presence-room-*")
ORIGIN = "https://app.example"


def canonical(data):
    """An object as PHP writes it with its members in order: what a signature is over."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).replace("/", "\\/")


class AuthCase(SeedCase):
    @classmethod
    def setUpClass(cls):
        cls.settings = {"chat.app": cls.chat_app.id, "http.corsOrigins": ORIGIN}
        super().setUpClass()

    def token(self, uid, *channels):
        grants = [argument for channel in channels or GRANTS for argument in ("--channel", channel)]
        done = self.server.command("token", "issue", "--uid", uid, *grants)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()[0]

    def ask(self, parameters, query=None, headers=FORM, path=None):
        body = parameters if isinstance(parameters, str) else urlencode(parameters)
        path = (path or self.path) + (f"?{urlencode(query)}" if query else "")
        return http.post(self.server.http_port, path, body, headers=headers)

    def connection(self):
        return self.pusher(self.chat_app, checks=False)


class AuthTests:
    def test_a_private_channel(self):
        uid = unique("user")
        client, channel, token = self.connection(), f"private-user-{uid}", self.token(uid)
        names = {"socket_id": client.socket_id, "channel_name": channel}
        json_body = json.dumps({**names, "channel_data": {"user_id": "other", "user_info": "{}"}})
        answers = [
            self.ask({**names, "access_token": token}), self.ask(names, {"access_token": token}),
            self.ask(names, headers={**FORM, **http.bearer(token)}), self.ask({**names, "access_token": token,
                                                                             "channel_data": "nonsense"}),
            self.ask(json_body, headers={"Content-Type": "application/json", **http.bearer(token)}),
        ]
        for answer in answers:
            # Without data of a member: what is not signed is not sent.
            self.assertEqual((answer.status, list(answer.json)), (200, ["auth"]), answer.text)
        self.assertEqual(len({answer.text for answer in answers}), 1)
        client.subscribe(channel, auth=answers[0].json["auth"])

    def test_nothing_is_granted_to_everybody(self):
        uid = unique("user")
        token, socket = self.token(uid), "1.2"
        for parameters, status in (
            ({"channel_name": f"private-user-{uid}"}, 401),
            ({"channel_name": f"private-user-{uid}", "access_token": "x"}, 401),
            ({"channel_name": f"private-user-{uid}", "access_token": SERVER_KEY}, 401),
            ({"channel_name": "private-user-somebody", "access_token": token}, 403),
            ({"channel_name": "presence-hall", "access_token": token}, 403),
        ):
            with self.subTest(parameters):
                answer = self.ask({"socket_id": socket, **parameters})
                self.assertEqual(answer.status, status, answer.text)
                self.assertNotIn(self.chat_app.key + ":", answer.text)
                self.assertTrue(self.said(answer))

    def test_only_by_post(self):
        uid = unique("user")
        query = urlencode({"socket_id": "1.2", "channel_name": f"private-user-{uid}", "access_token": self.token(uid)})
        self.assertEqual(http.get(self.server.http_port, f"{self.path}?{query}").status, 404)

    def test_pages_of_origins_that_are_listed_may_ask(self):
        uid = unique("user")
        parameters = {"socket_id": "1.2", "channel_name": f"private-user-{uid}", "access_token": self.token(uid)}
        for origin, allowed in ((ORIGIN, ORIGIN), ("https://evil.example", None)):
            for body in (parameters, {}):
                answer = self.ask(body, headers={**FORM, "Origin": origin})
                self.assertEqual(answer.headers["Access-Control-Allow-Origin"], allowed)
            preflight = http.request("OPTIONS", self.server.http_port, self.path, headers={"Origin": origin})
            self.assertEqual(preflight.headers["Access-Control-Allow-Origin"], allowed)


class WebmanPushAuth(AuthTests, AuthCase):
    chat_app, path = WEBMAN, "/plugin/webman/push/auth"

    def said(self, answer):
        return answer.text == "Forbidden" if answer.status == 403 else answer.text

    def test_a_presence_channel_has_its_data_as_text(self):
        uid, client = unique("user"), self.connection()
        channel = unique("presence-room")
        answer = self.ask({"socket_id": client.socket_id, "channel_name": channel, "access_token": self.token(uid)})
        data = f'{{"user_id":"{uid}","user_info":{{}}}}'
        self.assertEqual(answer.json["channel_data"], data)
        joined = client.subscribe(channel, data, answer.json["auth"])
        self.assertEqual(joined.data["presence"]["ids"], [uid])

    def test_malformed_parameters(self):
        token = self.token(unique("user"))
        for parameters in (
            {}, {"channel_name": "private-a"}, {"socket_id": "1.2"}, {"socket_id": "1", "channel_name": "private-a"},
            {"socket_id": "1.2", "channel_name": "public"}, {"socket_id": "1.2:private-a", "channel_name": "private-a"},
        ):
            with self.subTest(parameters):
                answer = self.ask({**parameters, "access_token": token})
                self.assertEqual((answer.status, answer.headers.get_content_type()), (400, "text/plain"))


class WorkbunnyAuthTests(AuthTests):
    path = "/subscribe/auth"

    def said(self, answer):
        return answer.headers.get_content_type() == "application/json" and list(answer.json) == ["error"]

    def test_a_presence_channel_has_its_data_as_an_object(self):
        uid, client = unique("user"), self.connection()
        channel = unique("presence-room")
        names = {"socket_id": client.socket_id, "channel_name": channel, "access_token": self.token(uid)}
        # Whoever the client says that it is.
        for said in ({}, {"channel_data": json.dumps({"user_id": "100", "user_info": '{"name":"x"}'})}):
            answer = self.ask({**names, **said})
            self.assertEqual(answer.status, 200, answer.text)
            data = answer.json["channel_data"]
            self.assertEqual(data, {"user_id": uid, "user_info": "{}"})
            joined = client.subscribe(channel, canonical(data), answer.json["auth"])
            self.assertIn(uid, joined.data["presence"]["ids"])

    def test_malformed_parameters(self):
        token = self.token(unique("user"))
        for parameters, text in (
            ({}, "Required channel_name"), ({"channel_name": ""}, "Required channel_name"),
            ({"channel_name": "public", "socket_id": "1.2"}, "Invalid channel_name"),
            ({"channel_name": "private-a"}, "Required socket_id"),
            ({"channel_name": "private-a", "socket_id": "1.2:x"}, None),
        ):
            with self.subTest(parameters):
                answer = self.ask({**parameters, "access_token": token})
                self.assertEqual(answer.status, 400, answer.text)
                if text:
                    self.assert_answer(answer, 400, f'{{"error":"{text}"}}')


class Workbunny2Auth(WorkbunnyAuthTests, AuthCase):
    chat_app = WORKBUNNY_2


class Workbunny3Auth(WorkbunnyAuthTests, AuthCase):
    chat_app = WORKBUNNY_3


class PusherAuth(AuthCase):
    """The paths are there whatever the dialect of the chat's app: its clients say which they are."""

    chat_app = PUSHER

    def test_both_paths(self):
        uid = unique("user")
        token = self.token(uid)
        for path in (WebmanPushAuth.path, WorkbunnyAuthTests.path):
            client, channel = self.connection(), f"private-user-{uid}"
            names = {"socket_id": client.socket_id, "channel_name": channel, "access_token": token}
            client.subscribe(channel, auth=self.ask(names, path=path).json["auth"])
