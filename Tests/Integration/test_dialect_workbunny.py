# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The dialects of workbunny/webman-push-server 2 and 3: frames as those servers were captured sending them. Where
that was a mistake, the test says what is right instead."""

import json
from urllib.parse import quote

from support.case import unique
from support.dialect import ObjectJS
from support.dialect_case import DIALECTS, WEBMAN, WORKBUNNY_2, WORKBUNNY_3, DialectCase
from support.php import needs_php, php
from support.pusher_api import PusherAPI

U1 = {"user_id": "u1", "user_info": '{"n":"A"}'}
U2 = {"user_id": "u2", "user_info": '{"n":"B/ü"}'}


class Workbunny2(DialectCase):
    apps = (WORKBUNNY_2,)

    @staticmethod
    def error(message):
        return json.dumps({"event": "pusher:error", "data": {"code": None, "message": message}})

    def frame(self, event, data, channel=None):
        """The text of a frame; `data` is raw JSON."""
        about = f'"channel":"{channel}",' if channel else ""
        return f'{{{about}"event":"{event}","data":{data}}}'

    def succeeded(self, channel, data="{}"):
        return self.frame("pusher_internal:subscription_succeeded", json.dumps(data), channel)

    def presence(self, channel, **members):
        data = {"presence": {"count": len(members), "ids": list(members), "hash": members}}
        return self.succeeded(channel, json.dumps(data, ensure_ascii=False))

    def member_added(self, channel, user, info):
        data = {"id": "1fcafdad-975d-9b80-e2a8-aedcc0561bf7", "user_id": user, "user_info": json.loads(info)}
        return self.frame("pusher_internal:member_added", json.dumps(data), channel)

    def member_removed(self, channel, user):
        data = {"id": "1fcafdad-975d-9b80-e2a8-aedcc0561bf7", "user_id": user}
        return self.frame("pusher_internal:member_removed", json.dumps(json.dumps(data)), channel)

    established = '{"socket_id":"c36fd650-cd0c-c100-81c3-8f2901577941","activity_timeout":55}'
    not_json = unknown_reserved = None
    no_event = unknown = "Client event rejected - Unknown event"
    no_channel, no_data = "Bad channel", "Bad data"
    not_subscribed = "Client event rejected - you didn't subscribe this channel"
    wrong_kind = "Client event rejected - only supported on private and presence channels"
    invalid_auth = "Received invalid Auth x"
    no_channel_data, no_user, no_info = "Empty channel_data", "Bad channel_data.user_id", "Bad channel_data.user_info"
    bad_channel_data = "Bad channel_data"

    def errors(self, message):
        return [self.error(message)] if message else []

    def test_greets(self):
        self.assert_frames(self.open_dialect(), self.frame("pusher:connection_established", self.established))

    def test_answers(self):
        channel = unique("pub")
        subscribe = json.dumps({"event": "pusher:subscribe", "data": {"channel": channel}})
        unsubscribe = json.dumps({"event": "pusher:unsubscribe", "data": {"channel": channel}})
        self.assert_answers(
            self.dialect(),
            (
                ('{"event":"pusher:ping","data":{}}', [self.frame("pusher:pong", "{}")]),
                ("notjson", self.errors(self.not_json)),
                ("{}", self.errors(self.not_json)),
                ("[]", self.errors(self.not_json)),
                ('{"a":1}', self.errors(self.no_event)),
                # A channel without a name, there.
                ('{"event":"pusher:subscribe","data":{}}', self.errors(self.no_channel)),
                ('{"event":"pusher:zzz"}', self.errors(self.unknown_reserved or self.unknown_event)),
                ('{"event":"hello"}', self.errors(self.unknown)),
                ('{"event":"client-x"}', self.errors(self.no_channel)),
                ('{"event":"client-x","channel":"private-a"}', self.errors(self.no_data)),
                (
                    '{"event":"client-x","channel":"private-a","data":{"a":1}}', self.errors(self.not_subscribed),
                ),
                (subscribe, [self.succeeded(channel)]),
                (subscribe, [self.succeeded(channel)]),
                (f'{{"event":"client-x","channel":"{channel}","data":{{"a":1}}}}', self.errors(self.wrong_kind)),
                (
                    '{"event":"pusher:subscribe","data":{"channel":"private-a","auth":"x"}}',
                    self.errors(self.invalid_auth),
                ),
                (unsubscribe, [self.unsubscribed(channel)]),
                (unsubscribe, self.unsubscribed_again(channel)),
            ),
        )
        self.assertNotIn(channel, self.api.channels())

    unknown_event = unknown

    def unsubscribed(self, channel):
        return self.frame("pusher_internal:unsubscription_succeeded", "{}", channel)

    def unsubscribed_again(self, channel):
        return [self.unsubscribed(channel)]

    def test_what_describes_a_member_is_complete(self):
        client = self.dialect()
        cases = (
            (None, self.no_channel_data), ({"user_info": "{}"}, self.no_user), ({"user_id": "u1"}, self.no_info),
            (5, self.bad_channel_data),
        )
        for channel_data, message in cases:
            with self.subTest(channel_data):
                client.ask_subscribe("presence-x", channel_data, signed=None if channel_data != 5 else "5")
                self.assert_frames(client, self.error(message))

    def test_client_events(self):
        channel = unique("private")
        sender, receiver = self.dialect(), self.dialect()
        sender.subscribe(channel)
        receiver.subscribe(channel)
        sender.trigger(channel, "client-x", {"t": "中/文"})
        # The name of the first one was that of all others, there.
        sender.trigger(channel, "client-y", "str")
        self.assert_frames(
            receiver, self.frame("client-x", '{"t":"中/文"}', channel), self.frame("client-y", '"str"', channel)
        )

    def test_presence(self):
        channel = unique("presence")
        first, second, again = self.dialect(), self.dialect(), self.dialect()
        first.ask_subscribe(channel, U1)
        self.assert_frames(first, self.presence(channel, u1=U1["user_info"]))
        second.ask_subscribe(channel, U2)
        self.assert_frames(second, self.presence(channel, u1=U1["user_info"], u2=U2["user_info"]))
        self.assert_frames(first, self.member_added(channel, "u2", U2["user_info"]))
        # Another connection of somebody who is there is nothing new.
        again.ask_subscribe(channel, U1)
        self.assert_frames(again, self.presence(channel, u1=U1["user_info"], u2=U2["user_info"]))
        again.close()
        # Refused without channel_data there, and the user stayed.
        first.unsubscribe(channel)
        self.assert_frames(first, self.unsubscribed(channel))
        self.assert_frames(second, self.member_removed(channel, "u1"))
        self.assertEqual([event.text for event in second.rest() + first.rest()], [])

    def test_events_of_backends(self):
        channel = unique("private")
        client = self.dialect()
        client.subscribe(channel)
        self.api.trigger(channel, "ev", '{"m":1}')
        self.assert_frames(client, self.frame("ev", json.dumps('{"m":1}'), channel))
        self.api.trigger(channel, "ev2", "x")
        self.assert_frames(client, self.frame("ev2", '"x"', channel))

    def test_a_termination_is_told(self):
        client = self.dialect()
        client.join(unique("presence"), "terminated")
        self.assertEqual(self.api.post("/users/terminated/terminate_connections", {}).status, 200)
        events, code = client.until_closed()
        self.assertEqual(([event["data"] for event in events], code), ([self.terminated], 4009))
        self.assertEqual(events[0].name, "pusher:terminate_connection")

    terminated = {"message": "Terminate connection by API"}

    @property
    def clients_query(self):
        """How its client in PHP names itself."""
        version = "2.0.0" if self.app is WORKBUNNY_2 else "3.2.1"
        return f"X-Push-WS-Client={quote(f'push-server {version}')}&other=1"

    def test_its_client_in_php_works(self):
        channel, room = unique("private"), unique("presence")
        client, other = self.dialect(query=self.clients_query), self.dialect()
        client.ask_subscribe(channel)
        self.assert_frames(client, self.succeeded(channel))
        client.ask_subscribe(room, U1)
        self.assert_frames(client, self.presence(room, u1=U1["user_info"]))
        other.ask_subscribe(room, U2)
        self.assert_frames(other, self.presence(room, u1=U1["user_info"], u2=U2["user_info"]))
        self.assert_frames(client, self.member_added(room, "u2", U2["user_info"]))
        other.subscribe(channel)
        client.trigger(channel, "client-x", {"a": [1.0, {}]})
        self.assert_frames(other, self.frame("client-x", '{"a":[1.0,{}]}', channel))
        other.trigger(channel, "client-y", "text")
        self.assert_frames(client, self.frame("client-y", '"text"', channel))
        self.api.trigger(channel, "client-test", '{"m":1}')
        self.assert_frames(client, self.frame("client-test", json.dumps('{"m":1}'), channel))
        for name in (channel, room):
            client.unsubscribe(name)
            self.assert_frames(client, self.unsubscribed(name))
        self.assert_frames(
            other, self.frame("client-test", json.dumps('{"m":1}'), channel), self.member_removed(room, "u1")
        )

    def test_a_member_is_nobodys_user(self):
        client = self.dialect(query=self.clients_query)
        client.join(unique("presence"), "victim")
        client.ask_subscribe("#server-to-user-victim")
        self.assertEqual(client.receive().name, "pusher:error")
        self.api.trigger("#server-to-user-victim", "ev", "x")
        self.assertEqual([event.text for event in client.rest()], [])

    def test_a_client_names_itself(self):
        query = self.clients_query
        self.assert_frames(
            self.open_dialect(query=query), self.frame("pusher:connection_established", self.established)
        )
        client = self.open_dialect(path="/app/nokey", query=query)
        self.assert_frames(client, self.error(self.invalid_key).replace(f'"{self.app.key}"', '"<unknown>"'))
        self.assertEqual(client.until_closed(), ([], 4001))

    invalid_key = "Invalid app_key"


class Workbunny3(Workbunny2):
    apps = (WORKBUNNY_3,)
    CODES = {"Client error - Bad channel": "404"}

    def stamped(self, frame):
        return f'{{"appKey":"{self.app.key}","socketId":"1.1","timestamp":1795210493135,{frame[1:]}'

    def error(self, message):
        code = self.CODES.get(message, "400" if message.startswith("Client error") else "403")
        return self.stamped(json.dumps({"event": "pusher:error", "data": {"code": code, "message": message}}))

    def frame(self, event, data, channel=None):
        return self.stamped(super().frame(event, data, channel))

    def succeeded(self, channel, data="{}"):
        return self.frame("pusher_internal:subscription_succeeded", data, channel)

    def member_added(self, channel, user, info):
        data = {"id": "1fcafdad-975d-9b80-e2a8-aedcc0561bf7", "user_id": user, "user_info": info}
        return self.frame("pusher_internal:member_added", json.dumps(data), channel)

    def member_removed(self, channel, user):
        data = {"id": "1fcafdad-975d-9b80-e2a8-aedcc0561bf7", "user_id": user}
        return self.frame("pusher_internal:member_removed", json.dumps(data), channel)

    not_json = "Client rejected - Unknown event"
    no_event = unknown = "Client rejected - client events must be prefixed by 'client-'"
    unknown_event = None
    no_channel, no_data = "Client error - Bad channel", "Client error - Empty data"
    not_subscribed = "Client rejected - you didn't subscribe this channel"
    wrong_kind = "Client rejected - only supported on private and presence channels"
    invalid_auth = "Client rejected - Received invalid Auth x"
    no_channel_data = "Client error - Empty channel_data"
    no_user, no_info = "Client error - Bad channel_data.user_id", "Client error - Bad channel_data.user_info"
    bad_channel_data = "Client error - Bad channel_data"
    invalid_key = "Client rejected - Invalid app_key"
    terminated = {"type": "API", "message": "Terminate connection by API"}

    def unsubscribed_again(self, channel):
        return []

    def test_each_client_has_its_own_name_in_its_frames(self):
        channel = unique("pub")
        clients = [self.dialect() for _ in range(3)]
        for client in clients:
            client.subscribe(channel)
        self.api.trigger(channel, "ev", "x")
        for client in clients:
            event = client.receive()
            self.assertEqual((event["appKey"], event["socketId"]), (self.app.key, client.socket_id))

    def test_its_own_client_works(self):
        channel, room = unique("private"), unique("presence")
        client, other = ObjectJS(self.open_dialect()), self.dialect()
        client.client.send_event("pusher:subscribe", {
            "channel": channel, "auth": self.app.auth(client.socket_id, channel),
        })
        self.assertEqual(client.next("pusher_internal:subscription_succeeded"), {})
        signed = json.dumps(U1, separators=(",", ":"))
        client.client.send_event("pusher:subscribe", {
            "channel": room, "auth": self.app.auth(client.socket_id, room, signed), "channel_data": U1,
        })
        hash = client.next("pusher_internal:subscription_succeeded")["presence"]["hash"]
        self.assertEqual(hash, {"u1": U1["user_info"]})
        other.subscribe(channel)
        for value in ({"a": [1.0, {}]}, "text", 7):
            other.trigger(channel, "client-x", value)
            self.assertEqual(client.next("client-x"), value)


class BothWorlds(DialectCase):
    """Clients of Pusher's in an app of a dialect."""

    def test_each_gets_its_own_frames(self):
        for app in DIALECTS:
            with self.subTest(app.settings["dialect"]):
                self.check(app)

    def check(self, app):
        is_webman, channel = app is WEBMAN, unique("presence")
        told, called = {"n": 1}, {"n": "B/ü"}
        pusher, client = self.member(channel, "p", told, app=app), self.dialect(app)
        members = client.join(channel, "u1", called)
        # Of workbunny's, a member's info is a text.
        info = called if is_webman else json.dumps(called, ensure_ascii=False)
        self.assertEqual(members["hash"], {"p": told if is_webman else json.dumps(told), "u1": info})
        self.assertEqual(
            pusher.expect("pusher_internal:member_added", channel).data, {"user_id": "u1", "user_info": info}
        )
        client.trigger(channel, "client-x", {"a": 1})
        event = pusher.expect("client-x", channel)
        self.assertEqual((event["data"], event["user_id"]), ({"a": 1}, "u1"))
        # webman/push's client parses the data of every event.
        pusher.trigger(channel, "client-x", "str")
        self.assertEqual(client.receive()["data"], '"str"' if is_webman else "str")
        api = PusherAPI(self.server, app)
        # A backend may name its events as clients do.
        for name in ("ev", "client-test"):
            api.trigger(channel, name, '{"m":1}')
            self.assertEqual(pusher.expect(name, channel)["data"], '{"m":1}')
            self.assertEqual(client.receive()["data"], '{"m":1}')
        api.trigger(channel, "ev", {"m": 1})
        self.assertEqual(pusher.expect("ev", channel).data, {"m": 1})
        event = client.receive()
        self.assertIsInstance(event["data"], str if is_webman else dict)
        self.assertEqual(event.data, {"m": 1})


class Signatures(DialectCase):
    """What a backend in PHP signs: the object that it has decoded, sorted and written again."""

    apps = (WORKBUNNY_3,)
    BACKEND = """
        $data = json_decode($argv[4], true);
        ksort($data);
        echo hash_hmac('sha256', "$argv[2]:$argv[3]:" . json_encode($data, JSON_UNESCAPED_UNICODE), $argv[1]);
    """

    @needs_php
    def test_made_by_php(self):
        client = self.dialect()
        for text in (
            '{"user_id":"100","user_info":"{\\"name\\":\\"a/b\\"}"}',
            '{"user_info":"é\\u00e9\\u2028 \\t\\\\ \\u007f","user_id":"ü/1","10":1,'
            '"9":[1.0,2.50,1e3,{}],"B":{"0":1,"1":null}}',
            '{ "user_id" : 7 , "user_info" : {"n":{"b":1,"a":-0.5}} , "big":12345678901234567890, "":true}',
        ):
            channel = unique("presence")
            digest = php(self.BACKEND, self.app.secret, client.socket_id, channel, text).decode()
            data = f'"channel":"{channel}","auth":"{self.app.key}:{digest}","channel_data":{text}'
            client.send(f'{{"event":"pusher:subscribe","data":{{{data}}}}}')
            event = client.receive()
            self.assertEqual(event.name, "pusher_internal:subscription_succeeded", event.text)
