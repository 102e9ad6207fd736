# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Pusher Channels for users of the chat: access tokens on connections, grants, signatures, messages to a uid."""

import base64
import hashlib
import json
import os
import signal
import tempfile
from urllib.parse import urlencode

from support import http
from support.case import unique
from support.pusher import QUERY
from support.pusher_case import APP, OTHER, PusherCase
from support.redis_case import RedisCase, access_token
from support.server import SERVER_KEY
from support.waiting import eventually

MASTER_KEY = os.urandom(32)
GRANTS = ["private-user-{uid}", "private-encrypted-room-*", "presence-room-*"]
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def by_header(token):
    """The lines of a handshake that bring a token."""
    return [f"Authorization: Bearer {token}"]


class IdentityCase(RedisCase, PusherCase):
    """Logins stand in Redis, as an application writes them; app 3 is the chat's."""

    redis_settings = {"auth.recheck": "1s", "chat.app": APP.id, "http.corsOrigins": "https://app.example"}

    def token(self, uid, channels=GRANTS):
        """Writes a login record and gives its access token."""
        self.record(uid, {"app": {"token": "t", "channels": channels}})
        return access_token("t", uid)

    def user(self, uid, **options):
        """A connection with the access token of a user, greeted."""
        return self.pusher(headers=by_header(self.token(uid)), **options)

    def ask(self, path, parameters, port=None, headers=FORM, **options):
        """Asks for a signature as pusher-js does."""
        body = parameters if isinstance(parameters, str) else urlencode(parameters)
        return http.post(port or self.server.http_port, path, body, headers=headers, **options)

    def channel_auth(self, client, channel, token):
        """The answer that lets a client into a channel."""
        answer = self.ask(
            "/pusher/auth", {"socket_id": client.socket_id, "channel_name": channel, "access_token": token}
        )
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json


class Connecting(IdentityCase):
    def assert_signed_in(self, client, uid):
        client.subscribe(f"#server-to-user-{uid}", auth="")
        self.assertEqual(client.rest(), [])

    def test_the_token_comes_in_the_query_a_header_or_the_path(self):
        uid = unique("u")
        token = self.token(uid)
        for way, options in {
            "query": {"query": f"{QUERY}&access_token={token}"}, "header": {"headers": by_header(token)},
            "path": {"path": f"/t/{token}/app/{APP.key}"},
            "path alone": {"path": f"/t/{token}/app/{APP.key}", "query": ""},
        }.items():
            with self.subTest(way):
                self.assert_signed_in(self.pusher(**options), uid)

    def test_a_token_that_does_not_hold_is_4009(self):
        uid = unique("u")
        self.record(uid, {"app": {"token": "t", "expires": 1_000_000_000}})
        other = unique("u")
        self.token(other)
        for token in (access_token("t", uid), access_token("x", other), access_token("t", unique("u")), "nonsense", ""):
            with self.subTest(token):
                events, code = self.open_app(query=f"{QUERY}&access_token={token}").until_closed()
                self.assertEqual(code, 4009)
                self.assert_error(events[-1], 4009)
                self.assertNotIn("pusher:connection_established", [event.name for event in events])

    def test_another_app_takes_no_access_tokens(self):
        token = self.token(unique("u"))
        for options in (
            {"query": f"{QUERY}&access_token={token}"}, {"headers": by_header(token)},
            {"path": f"/t/{token}/app/{OTHER.key}"},
        ):
            events, code = self.open_app(OTHER, **options).until_closed()
            self.assertEqual(code, 4009)
            self.assert_error(events[-1], 4009)
        self.pusher(OTHER)

    def test_a_revoked_login_is_closed(self):
        alice, bob = unique("alice"), unique("bob")
        revoked, stays, anonymous = self.user(alice), self.user(bob), self.pusher()
        self.redis.command("DEL", f"login{alice}")
        events, code = revoked.until_closed()
        self.assertEqual(code, 4009)
        self.assert_error(events[-1], 4009)
        self.assertEqual(stays.rest() + anonymous.rest(), [])


class Grants(IdentityCase):
    def test_what_the_record_grants_needs_no_signature(self):
        uid = unique("u")
        client = self.user(uid)
        for channel in (f"private-user-{uid}", f"private-encrypted-room-{uid}"):
            self.assertEqual(client.subscribe(channel, auth="")["data"], "{}")
        event = client.subscribe(f"presence-room-{uid}", auth="")
        self.assertEqual(event.data["presence"]["ids"], [uid])

    def test_nothing_else_does(self):
        uid, other = unique("u"), unique("u")
        client, stranger = self.user(uid), self.pusher()
        for channel in (f"private-user-{other}", f"private-user-{uid}x", "private-x", "presence-hall", "presence-room"):
            client.ask_subscribe(channel, auth="")
            self.assert_refused(client, channel, 401, "AuthError")
        client.ask_subscribe(f"#server-to-user-{other}", auth="")
        self.assert_refused(client, f"#server-to-user-{other}", 401, "AuthError")
        stranger.ask_subscribe(f"private-user-{uid}", auth="")
        self.assert_refused(stranger, f"private-user-{uid}", 401, "AuthError")
        # The app's own signature lets in as ever.
        client.subscribe("private-x")

    def test_a_record_without_grants_grants_nothing(self):
        for channels in (None, [], {}, "private-user-*", 5, [5, None, {}, ["private-x"]]):
            uid = unique("u")
            client = self.pusher(headers=by_header(self.token(uid, channels)))
            client.ask_subscribe(f"private-user-{uid}", auth="")
            self.assert_refused(client, f"private-user-{uid}", 401)


class Signatures(IdentityCase):
    redis_settings = {**IdentityCase.redis_settings, "channels.masterKey": base64.b64encode(MASTER_KEY).decode()}

    def test_a_signature_opens_the_channel_on_a_connection_without_a_token(self):
        uid = unique("u")
        token, client = self.token(uid), self.pusher()
        channel = f"private-user-{uid}"
        answer = self.channel_auth(client, channel, token)
        self.assertEqual(answer, {"auth": APP.auth(client.socket_id, channel)})
        client.subscribe(channel, auth=answer["auth"])

    def test_presence(self):
        uid, channel = unique("u"), unique("presence-room-x")
        client = self.pusher()
        answer = self.channel_auth(client, channel, self.token(uid))
        self.assertEqual(set(answer), {"auth", "channel_data"})
        self.assertEqual(answer["channel_data"], json.dumps({"user_id": uid, "user_info": {}}, separators=(",", ":")))
        event = client.subscribe(channel, answer["channel_data"], answer["auth"])
        self.assertEqual(event.data["presence"], {"count": 1, "ids": [uid], "hash": {uid: {}}})

    def test_encrypted(self):
        channel, client = unique("private-encrypted-room-x"), self.pusher()
        answer = self.channel_auth(client, channel, self.token(unique("u")))
        self.assertEqual(set(answer), {"auth", "shared_secret"})
        expected = hashlib.sha256(channel.encode() + MASTER_KEY).digest()
        self.assertEqual(base64.b64decode(answer["shared_secret"], validate=True), expected)
        client.subscribe(channel, auth=answer["auth"])

    def test_sign_in(self):
        uid = unique("u")
        token, client = self.token(uid), self.pusher()
        answer = self.ask("/pusher/user-auth", {"socket_id": client.socket_id, "access_token": token})
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(answer.json["user_data"], '{"id":"%s"}' % uid)
        client.ask_signin(answer.json["user_data"], answer.json["auth"])
        client.expect("pusher:signin_success")
        client.subscribe(f"#server-to-user-{uid}", auth="")

    def test_on_both_ports_in_every_form(self):
        uid = unique("u")
        token, channel = self.token(uid), f"private-user-{uid}"
        parameters = {"socket_id": "12.34", "channel_name": channel}
        expected = {"auth": APP.auth("12.34", channel)}
        for port in (self.server.ws_port, self.server.http_port):
            for answer in (
                self.ask("/pusher/auth", {**parameters, "access_token": token}, port),
                self.ask("/pusher/auth", parameters, port, {**FORM, **http.bearer(token)}),
                self.ask("/pusher/auth", json.dumps({**parameters, "access_token": token}), port, JSON),
                self.ask(f"/pusher/auth?{urlencode({**parameters, 'access_token': token})}", "", port),
            ):
                self.assertEqual((answer.status, answer.json), (200, expected), answer.text)

    def test_refusals(self):
        uid, other = unique("u"), unique("u")
        good = {"socket_id": "12.34", "channel_name": f"private-user-{uid}", "access_token": self.token(uid)}
        self.token(other)
        for name, (change, status) in {
            "another user's": ({"channel_name": f"private-user-{other}"}, 403),
            "no grant": ({"channel_name": "presence-hall"}, 403),
            "public": ({"channel_name": "news"}, 400),
            "server to user": ({"channel_name": f"#server-to-user-{uid}"}, 400),
            "a colon": ({"socket_id": f"12.34:private-user-{uid}"}, 400),
            "a user": ({"socket_id": '12.34::user::{"id":"x"}'}, 400),
            "no socket": ({"socket_id": None}, 400), "no channel": ({"channel_name": None}, 400),
            "a bad name": ({"channel_name": f"private-user-{uid}:{{}}"}, 400),
            "no token": ({"access_token": None}, 401),
            "another token": ({"access_token": access_token("x", uid)}, 401),
            "a server key": ({"access_token": SERVER_KEY}, 401),
        }.items():
            with self.subTest(name):
                changed = {name: value for name, value in {**good, **change}.items() if value is not None}
                answer = self.ask("/pusher/auth", changed)
                self.assertEqual(answer.status, status, answer.text)
                self.assertTrue(answer.json["message"])
                self.assertNotIn(APP.key, answer.text)
        self.assertEqual(self.ask("/pusher/auth", good).status, 200)
        self.redis.command("DEL", f"login{uid}")
        self.assertEqual(self.ask("/pusher/auth", good).status, 401)
        self.assertEqual(self.ask("/pusher/user-auth", good).status, 401)

    def test_pages_of_other_origins(self):
        for path in ("/pusher/auth", "/pusher/user-auth"):
            for origin, allowed in (("https://app.example", "https://app.example"), ("https://evil.example", None)):
                headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
                answer = http.request("OPTIONS", self.server.http_port, path, headers=headers)
                self.assertEqual(answer.headers["Access-Control-Allow-Origin"], allowed)
                answer = self.ask(path, {}, headers={**FORM, "Origin": origin})
                self.assertEqual(answer.headers["Access-Control-Allow-Origin"], allowed)

    def test_a_page_learns_where_to_connect(self):
        token = self.token(unique("u"))
        answer = http.get(self.server.ws_port, f"/pusher/app?access_token={token}")
        self.assertEqual(answer.json, {"key": APP.key, "path": f"/app/{APP.key}", "client_events": True})
        self.pusher(path=answer.json["path"])
        self.assertEqual(http.get(self.server.ws_port, "/pusher/app").status, 401)

    def test_secrets_are_not_logged(self):
        token = self.token(unique("u"))
        self.channel_auth(self.pusher(), unique("private-encrypted-room-x"), token)
        for secret in (APP.secret, base64.b64encode(MASTER_KEY).decode(), token):
            self.assertNotIn(secret, self.server.log)
        shown = self.server.command("check-config", "--print", "channels.masterKey").stdout
        self.assertIn("hidden", shown)


class NoMasterKey(IdentityCase):
    def test_encrypted_channels_are_refused_with_the_reason(self):
        answer = self.ask("/pusher/auth", {
            "socket_id": "1.2", "channel_name": "private-encrypted-room-1", "access_token": self.token(unique("u")),
        })
        self.assertEqual(answer.status, 501)
        self.assertIn("channels.masterKey", answer.text)


class MasterKeyFile(IdentityCase):
    @classmethod
    def setUpClass(cls):
        cls.path = os.path.join(cls.enterClassContext(tempfile.TemporaryDirectory()), "master-key")
        cls.write(MASTER_KEY)
        cls.redis_settings = {**IdentityCase.redis_settings, "channels.masterKey_FILE": cls.path}
        super().setUpClass()

    @classmethod
    def write(cls, key):
        with open(cls.path, "wb") as file:
            file.write(base64.b64encode(key) + b"\n")

    def test_a_reload_takes_another_key_and_no_malformed_one(self):
        channel, client, token = "private-encrypted-room-1", self.pusher(), self.token(unique("u"))

        def secret():
            return base64.b64decode(self.channel_auth(client, channel, token)["shared_secret"])

        self.assertEqual(secret(), hashlib.sha256(channel.encode() + MASTER_KEY).digest())
        other = bytes(32)
        self.write(other)
        self.server.process.signal(signal.SIGHUP)
        expected = hashlib.sha256(channel.encode() + other).digest()
        eventually("the other key is in force", lambda: secret() == expected, 10)
        self.write(bytes(31))
        self.server.process.signal(signal.SIGHUP)
        eventually("the log says why not", lambda: "is not 32 bytes in base64" in self.server.log, 10)
        self.assertEqual(secret(), expected)


class Messages(IdentityCase):
    def test_a_message_to_a_uid_is_an_event_on_the_users_channel(self):
        uid = unique("u")
        channel, client, stranger = f"#server-to-user-{uid}", self.user(uid), self.user(unique("u"))
        client.subscribe(channel, auth="")
        chat = self.open(access_token("t", uid)).expect_login()
        content = {"type": "text", "value": "é\"\\ \u2028"}
        reply = self.backend().ask("to_uid", {"to_uid": uid, "type": "note", "content": content})
        self.assert_has(reply, code=200, onLine=1)
        event, frame = client.expect("note", channel), chat.receive()
        self.assertEqual(frame["content"], content)
        self.assertIsInstance(event["data"], str)
        self.assertEqual(event.data["content"], content)
        self.assertEqual(event.data["id"], frame["id"])
        self.assertEqual(client.rest() + stranger.rest(), [])

    def test_whoever_has_only_the_channel_is_online(self):
        uid, backend = unique("u"), self.backend()
        client = self.user(uid)
        message = {"to_uid": uid, "type": "note", "content": 1}
        self.assert_has(backend.ask("to_uid", message), onLine=0)
        client.subscribe(f"#server-to-user-{uid}", auth="")
        self.assert_has(backend.ask("to_uid", message), onLine=1)
        client.expect("note", f"#server-to-user-{uid}")
        client.close()
        eventually("nobody is there", lambda: backend.ask("to_uid", message)["onLine"] == 0)

    def test_an_event_to_a_channel(self):
        channel, other, backend = unique("private-user-x"), self.pusher(OTHER), self.backend()
        client = self.pusher()
        client.subscribe(channel)
        other.subscribe(channel)
        for data, text in (({"a": [1, "é"]}, '{"a": [1, "é"]}'), ("as it is", "as it is"), (5, "5")):
            reply = backend.ask("to_channel", {"channel": channel, "event": "news", "data": data})
            self.assert_has(reply, code=200, onLine=1)
            self.assertEqual(client.expect("news", channel)["data"], text)
        backend.ask("to_channel", {"channel": channel, "event": "other", "data": "x", "app": OTHER.id})
        self.assertEqual(other.expect("other", channel)["data"], "x")
        self.assertEqual(client.rest() + other.rest(), [])
        self.assert_has(backend.ask("to_channel", {"channel": "x", "event": "e", "data": "", "app": "999"}), code=404)
        self.assert_has(backend.ask("to_channel", {"channel": "a b", "event": "e", "data": ""}), code=400)

    def test_the_secret_of_another_app_reaches_nobody_of_the_chat(self):
        uid = unique("u")
        channel = f"#server-to-user-{uid}"
        client, impostor = self.user(uid), self.pusher(OTHER)
        client.subscribe(channel, auth="")
        impostor.signin(uid)
        impostor.subscribe(channel, auth="")
        self.assert_has(self.backend().ask("to_uid", {"to_uid": uid, "type": "note", "content": 1}), onLine=1)
        client.expect("note", channel)
        self.assertEqual(client.rest() + impostor.rest(), [])
